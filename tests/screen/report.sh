# A report of a campaign for a provider's abuse desk: to read, to write, to send.
cat >"$scratch/mailer" <<END
#!/bin/sh
cat >"$scratch/screens/sent"
END
chmod +x "$scratch/mailer"
notmuch config set espial.sendmail "$scratch/mailer -t"
mask 's/[0-9a-f]{8}-[0-9a-f-]{27}/(the id of the report)/'

# Nothing is sent in the name of an address that reports must not show.
play tag:spam <<'EOF'
size 80x24
now 2026-11-24T12:00:00Z
keys c j Enter a
expect Abuse of Mandrill
save-screen nameless
keys s
expect espial.report_from
keys Tab
expect espial.report_from
EOF
screen nameless <<'EOF'
 Abuse of Mandrill (Mailchimp Transactional) account 30000666: 3 messages — te…
 To: abuse@mandrill.com — last reported: never
 say who reports: notmuch config set espial.report_from 'Name <address>'
────────────────────────────────────────────────────────────────────────────────
Links of account 30000666 of Mandrill (Mailchimp Transactional) are used in
spam that we received. The messages themselves were sent from hosts that are
not yours: none of them passed your outbound network. Somebody copies click
links that were made with the account, and sends them himself. The links
still name Mandrill (Mailchimp Transactional) and redirect to where the
spammer wants.

Please look into who made these links, disable them, and tell us what came
of it.

Provider       Mandrill (Mailchimp Transactional)
Account        30000666
Messages       3, with 4 different links
               3 sent from outside your network: reported here
               0 sent from unknown networks: not reported here
               0 sent from your network: not reported here
Period         2026-09-09 to 2026-10-31 (UTC)
Report         (the id of the report)

 w write  s send  Tab form  n unknown  t tokens  u undo          ? help  q back
EOF

notmuch config set espial.report_from 'Example Trap Desk <desk@trapdesk.example>'
play tag:spam <<'EOF'
size 80x24
now 2026-11-24T12:00:00Z
keys c Enter a
save-screen report
keys PgDn
save-screen list
keys Tab
expect mail (ARF)
expect Content-Type: multipart/report
keys Tab
expect "xarf_version": "4.2.0"
keys s
save-screen question
keys n
expect nothing was changed
keys s y
expect sent to abuse@sendgrid.com, and remembered
expect last reported: 2026-11-24
keys w Enter
expect written and remembered: report-sendgrid-2026-11-24.txt, .eml, .json
keys w Enter
expect move it away
keys n
expect with unknown networks
keys n t
expect without tokens
keys q q Tab Tab Tab a
expect a report goes to one provider
EOF
screen report <<'EOF'
 Abuse of SendGrid account 10000042: 2 messages — text
 To: abuse@sendgrid.com — last reported: never
 From: Example Trap Desk <desk@trapdesk.example>
────────────────────────────────────────────────────────────────────────────────
Links of account 10000042 of SendGrid are used in spam that we received. The
messages themselves were sent from hosts that are not yours: none of them
passed your outbound network. Somebody copies click links that were made
with the account, and sends them himself. The links still name SendGrid and
redirect to where the spammer wants.

Please look into who made these links, disable them, and tell us what came
of it.

Provider       SendGrid
Account        10000042
Messages       2, with 2 different links
               2 sent from outside your network: reported here
               1 sent from unknown networks: not reported here
               0 sent from your network: not reported here
Period         2026-11-04 to 2026-11-14 (UTC)
Report         (the id of the report)

Hosts that sent the messages, none of them yours
 w write  s send  Tab form  n unknown  t tokens  u undo          ? help  q back
EOF
screen list <<'EOF'
 Abuse of SendGrid account 10000042: 2 messages — text
 To: abuse@sendgrid.com — last reported: never
 From: Example Trap Desk <desk@trapdesk.example>
────────────────────────────────────────────────────────────────────────────────
Hosts that sent the messages, none of them yours
  198.51.100.8  2 messages  mx1.relay.example

The links
  https://u10000042.ct.sendgrid.net/ls/click?upn=u001.Ftrh2oaSpn4SFtgnKI-2FoGfTn
P5mIyNkxXaVysl-2BbOOxJ77oycGAWqAX7ZK3X-2F20wauGqAAmKeo7-2FvSloetkSQbA2PxDHoJIAh-
2BsktAq1kQPijDQaN3dWz8A-2BzBxHK8eXXPuONzYiGJn-2FB815yHpaWfmfWICD4C1wqc-2FheG23xD
Hrt06Vs3h-2B2i4EQJ2Nnv6cmMVhEX-2BwKpIBAHmC-3DGiYm_VRlq5AHkijSfr4iWpgTkQK6hxBiwcC
oaZAZsBPGbi3k90WHhjYdvkfXYjEKr
    account 10000042
  https://u10000042.ct.sendgrid.net/ls/click?upn=u001.VVL5GASS2Q2Z4qtwrO-2BscMMU
MfZWhxUupB-2Fz1gId3dUjuykn3SCB-2F09AgVjhEfK1LRj9wo4oxrq-2BTHGgGGZP5LnZcrITRXMxaS
-2FieQT37UhH2FKmNkRGgjZ-2FL5ax5xMDOmXpJlGX-2FzEmmpS1wwzphRVJrsKhqaU-2FneHRC96jm3
mdcBVN19dw-2F7Lf6RdJycL7lr6eacuk-2Ff6hK2c6yY-3DugWH_5L8K0qXpHyKSic33kvlNx6kJlfKM
0h5EG0i0sb8ZXnCJdNFGpwy93NXhGBc0
    account 10000042

One of the messages
  Return-Path: <fax@fax.example>
 w write  s send  Tab form  n unknown  t tokens  u undo          ? help  q back
EOF
screen question <<'EOF'
 Abuse of SendGrid account 10000042: 2 messages — XARF
 To: abuse@sendgrid.com — last reported: never
 From: Example Trap Desk <desk@trapdesk.example>
────────────────────────────────────────────────────────────────────────────────
{
  "xarf_version": "4.2.0",
  "report_id": "(the id of the report)",
  "timestamp": "2026-11-14T19:05:43Z",
  "reporter": {
    "org": "Example Trap Desk",
    "contact": "desk@trapdesk.example",
    "domain": "trapdesk.example"
  },
  "sender": {
    "org": "Example Trap Desk",
    "contact": "desk@trapdesk.example",
    "domain": "trapdesk.example"
  },
  "source_identifier": "198.51.100.8",
  "source_port": 25,
  "category": "messaging",
  "type": "spam",
  "description": "Click links of SendGrid, account 10000042 in 2 messages from
Send to abuse@sendgrid.com: 2 messages, account 10000042? (y/n)
EOF

grep -q '^Feedback-Type: abuse' "$scratch/screens/sent" || { echo "no feedback report was sent"; failed=1; }
! grep -rqF analyst@example.org "$scratch/screens" || { echo "the recipient is shown"; failed=1; }
(cd "$scratch/screens" && ls report-*) >"$scratch/screens/files"
screen files <<'EOF'
report-sendgrid-2026-11-24.eml
report-sendgrid-2026-11-24.json
report-sendgrid-2026-11-24.txt
EOF
git -C "$XDG_DATA_HOME/espial/ruleset" log --format=%s -- reports >"$scratch/screens/history"
screen history <<'EOF'
sendgrid: report account 10000042 (2 messages)
sendgrid: report account 10000042 (2 messages)
EOF
