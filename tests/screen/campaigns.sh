# Messages grouped by what their links have in common.
play tag:spam <<'EOF'
size 80x24
now 2026-11-24T12:00:00Z
keys c
save-screen campaigns
keys ?
expect Keys of this screen
keys q Enter
save-screen messages
EOF
screen campaigns <<'EOF'
 Campaigns — of tag:spam
 esp                          messages    links network  first      last
 sendgrid                            6        7  83% off 2026-09-03 2026-11-14
 mandrill                            3        4 100% off 2026-09-09 2026-10-31
 amazon-ses                          2        2 100% off 2026-08-17 2026-11-10
 bitly                               2        2          2026-09-17 2026-10-10
 mailchimp                           2        2  50% off 2026-08-06 2026-09-01
 mailjet                             2        2 100% off 2026-08-19 2026-11-10
 postmark                            2        2 100% off 2026-09-09 2026-09-12
 urldefense                          2        2          2026-09-16 2026-10-31
 customerio                          1        1          2026-09-30 2026-09-30
 google                              1        1          2026-08-27 2026-08-27
 mailgun                             1        1 100% off 2026-11-16 2026-11-16
 safelinks                           1        1          2026-10-04 2026-10-04
 sparkpost                           1        1 100% off 2026-11-12 2026-11-12








 Enter open  m messages  Tab by  v volume  a report  S sort      ? help  q back
EOF
screen messages <<'EOF'
 Campaigns — esp sendgrid — of tag:spam
 account                      messages    links network  first      last
 10000042                            3        4  67% off 2026-09-03 2026-11-14
 10000097                            2        2 100% off 2026-10-04 2026-10-16
 (none)                              1        1 100% off 2026-10-28 2026-10-28


















 Enter open  m messages  Tab by  v volume  a report  S sort      ? help  q back
EOF
