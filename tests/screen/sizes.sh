# The smallest terminal, smaller ones, and back.
play <<'EOF'
size 40x6
now 2026-11-24T12:00:00Z
save-screen list
keys Enter
save-screen message
keys l
save-screen picker
type New
keys Enter
save-screen label
keys ?
save-screen help
resize 39x6
save-screen narrower
resize 40x5
save-screen lower
keys j k Enter q
resize 1x1
keys j
resize 40x6
save-screen again
EOF
screen list <<'EOF'
 espial — * — 1 of 48
  16 Nov Anna <anna@me… hi,… ≠ mailgun
  14 Nov Fax <fax@fax.… Fax… ≠ sendgrid
  12 Nov Quick Loans <… You… ≠ sparkpost
  10 Nov Streaming <bi… Pay… ≠ amazon-s…
 Enter open  / query     ? help  q back
EOF
screen message <<'EOF'
 hi, remember me? 💌 — new spam unread
From: Anna <anna@meet.example>
Return-Path: <anna@meet.example>
── 1 link ──────────────────────────────
  1      mailgun      anchor  /bulk7
 Tab next link  J next   ? help  q back
EOF
screen picker <<'EOF'
 Whose link is number 1? — type to fil…
>
  mailgun                      Mailgun …
  amazon-ses                   Amazon S…
  bitly                        Bitly (s…
 Enter pick
EOF
screen label <<'EOF'
 New rule new/anna — new provider New
 id          new/anna
 summary     new links under /anna, des…
 status      draft
────────────────────────────────────────
 c commit  Enter edit    ? help  q back
EOF
screen help <<'EOF'
 Help — lines 1-3 of 27
Keys of this screen (label)
  c                  commit the rule and
label the messages
  Enter              edit the selected
 / search  n next        ? help  q back
EOF
screen narrower <<'EOF'
at least 40x6





EOF
screen lower <<'EOF'
at least 40x6




EOF
screen again <<'EOF'
 Help — lines 1-3 of 27
Keys of this screen (label)
  c                  commit the rule and
label the messages
  Enter              edit the selected
 / search  n next        ? help  q back
EOF
