# From one link that needs a rule to the next, through the messages of the list.
play query:invoice <<'EOF'
size 60x16
now 2026-11-24T12:00:00Z
keys N
save-screen first
keys N N N N N
save-screen next-message
keys K h End Tab
save-screen in-sight
EOF
screen first <<'EOF'
 Refund for invoice 88213 approved — new spam unread
smtp.mailfrom=tax.example; dkim=none

Your refund of € 1,204.00 has been approved.

Claim refund[1]

The link expires in 24 hours.

Unsubscribe[2]

── 3 links ─────────────────────────────────────────────────
  1      no rule?     anchor  https://click.newesp.example/…
  2 ×2   no rule?     anchor  https://click.newesp.example/…
  3      no rule?     pixel   https://click.newesp.example/…
 Tab next link  Enter chain  l label         ? help  q back
EOF
screen next-message <<'EOF'
 Facture impayée (invoice 55-20) — new spam unread
Bonjour,

Votre facture n’a pas été réglée.

Régler la facture[1]

Cordialement

Unsubscribe[2]

── 3 links ─────────────────────────────────────────────────
  1 ×2   no rule?     anchor  https://click.newesp.example/…
  2 ×2   no rule?     anchor  https://click.newesp.example/…
  3      no rule?     pixel   https://click.newesp.example/…
 Tab next link  Enter chain  l label         ? help  q back
EOF
screen in-sight <<'EOF'
 Refund for invoice 88213 approved — new spam unread
MIME-Version: 1.0

Your refund of € 1,204.00 has been approved.

Claim refund[1]

The link expires in 24 hours.

Unsubscribe[2]

── 3 links ─────────────────────────────────────────────────
  1      no rule?     anchor  https://click.newesp.example/…
  2 ×2   no rule?     anchor  https://click.newesp.example/…
  3      no rule?     pixel   https://click.newesp.example/…
 Tab next link  Enter chain  l label         ? help  q back
EOF
