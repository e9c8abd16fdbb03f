# A message: its links and where one leads, hop by hop; headers; the source.
play id:spam-mandrill-in-postmark@company.example <<'EOF'
size 80x24
keys Enter
save-screen message
keys Enter
save-screen chain
keys q h
save-screen headers
keys h r
save-screen source
EOF
screen message <<'EOF'
 Updated salary list 2026 — new spam unread
From: HR Team <hr@company.example>
Return-Path: <hr@company.example>
To: analyst@example.org
Subject: Updated salary list 2026
Date: Wed, 09 Sep 2026 07:33:23 +0000
Message-ID: <spam-mandrill-in-postmark@company.example>
Authentication-Results: mx.example.org; spf=fail smtp.mailfrom=company.example;
dkim=none
≠ off-network postmark: the sending host is none of Postmark, and the mail has
not its headers
≠ off-network mandrill: the sending host is none of Mandrill (Mailchimp
Transactional), and the mail has not its headers

Please read the updated list.

Open the list[1]




── 1 link ──────────────────────────────────────────────────────────────────────
  1      postmark     anchor  vFbA/y5rhAQ  →×2 https://salary.landing.example/l…
 Tab next link  Enter chain  l label  J next  N no rule          ? help  q back
EOF
screen chain <<'EOF'
 Link 1 leads to: landing.example — 2 hops
https://click.pstmrk.it/3s/mandrillapp.com%2Ftrack%2Fclick%2F30000666%2Fsalary.l
anding.example%3Fp%3DeyJzIjoiWGlRZTc2OHRtaUNtNFZ6a3lwSTNYWEpVcDAiLCJ2IjoxLCJwIjo
ie1widVwiOjMwMDAwNjY2LFwidlwiOjEsXCJ1cmxcIjpcImh0dHBzOlxcL1xcL3NhbGFyeS5sYW5kaW5
nLmV4YW1wbGVcXC9saXN0XCIsXCJpZFwiOlwiNTA3MTA5Njc4NWExMGY2MmMwMjNiMGQ4ZjEyZTA5YWR
cIixcInVybF9pZHNcIjpbXCI0ZTUyNjhiNGM3ZWExODNkNWI3NTdhNWExYTgxMjUzY2RkMDE5MjcwXCJ
dfSJ9/vFbA/y5rhAQ/AQ/08a3134f-c983-49cd-81cb-1bf34a7a1052/1/EwBqNGktPf
  anchor, shown as: Open the list
  ! nested-tracker: a tracker leads to another tracker
├─ postmark/click  Postmark click tracking of an https landing URL, in the path
│     account: vFbA
│     campaign: y5rhAQ
│     link: 1
│     message: 08a3134f-c983-49cd-81cb-1bf34a7a1052
│   decoded: group destination | percent | scheme https
│   →
https://mandrillapp.com/track/click/30000666/salary.landing.example?p=eyJzIjoiWG
lRZTc2OHRtaUNtNFZ6a3lwSTNYWEpVcDAiLCJ2IjoxLCJwIjoie1widVwiOjMwMDAwNjY2LFwidlwiOj
EsXCJ1cmxcIjpcImh0dHBzOlxcL1xcL3NhbGFyeS5sYW5kaW5nLmV4YW1wbGVcXC9saXN0XCIsXCJpZF
wiOlwiNTA3MTA5Njc4NWExMGY2MmMwMjNiMGQ4ZjEyZTA5YWRcIixcInVybF9pZHNcIjpbXCI0ZTUyNj
hiNGM3ZWExODNkNWI3NTdhNWExYTgxMjUzY2RkMDE5MjcwXCJdfSJ9
├─ mandrill/click  Mandrill click tracking, the landing URL in JSON in JSON
│     account: 30000666
 u undo  g history                                               ? help  q back
EOF
screen headers <<'EOF'
 Updated salary list 2026 — new spam unread
Return-Path: <hr@company.example>
Received: from vps7.hoster.example (vps7.hoster.example [198.51.100.77]) by
mx.example.org (Postfix) with ESMTPS id FIKLXYKM3OY for <analyst@example.org>;
Wed, 09 Sep 2026 07:33:23 +0000
Authentication-Results: mx.example.org; spf=fail smtp.mailfrom=company.example;
dkim=none
From: HR Team <hr@company.example>
To: analyst@example.org
Subject: Updated salary list 2026
Date: Wed, 09 Sep 2026 07:33:23 +0000
Message-ID: <spam-mandrill-in-postmark@company.example>
MIME-Version: 1.0
≠ off-network postmark: the sending host is none of Postmark, and the mail has
not its headers
≠ off-network mandrill: the sending host is none of Mandrill (Mailchimp
Transactional), and the mail has not its headers

Please read the updated list.

Open the list[1]
── 1 link ──────────────────────────────────────────────────────────────────────
  1      postmark     anchor  vFbA/y5rhAQ  →×2 https://salary.landing.example/l…
 Tab next link  Enter chain  l label  J next  N no rule          ? help  q back
EOF
screen source <<'EOF'
 Source — lines 1-22 of 30
Return-Path: <hr@company.example>
Received: from vps7.hoster.example (vps7.hoster.example [198.51.100.77])
 by mx.example.org (Postfix) with ESMTPS id FIKLXYKM3OY
 for <analyst@example.org>; Wed, 09 Sep 2026 07:33:23 +0000
Authentication-Results: mx.example.org;
 spf=fail smtp.mailfrom=company.example;
 dkim=none
From: HR Team <hr@company.example>
To: analyst@example.org
Subject: Updated salary list 2026
Date: Wed, 09 Sep 2026 07:33:23 +0000
Message-ID: <spam-mandrill-in-postmark@company.example>
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PCFET0NUWVBFIGh0bWw+CjxodG1sPjxoZWFkPjxtZXRhIGh0dHAtZXF1aXY9IkNvbnRlbnQtVHlw
ZSIgY29udGVudD0idGV4dC9odG1sOyBjaGFyc2V0PXV0Zi04Ij48L2hlYWQ+Cjxib2R5IGJnY29s
b3I9IiNmNmY2ZjYiPjx0YWJsZSByb2xlPSJwcmVzZW50YXRpb24iIHdpZHRoPSI2MDAiIGFsaWdu
PSJjZW50ZXIiPjx0cj48dGQ+CjxwPlBsZWFzZSByZWFkIHRoZSB1cGRhdGVkIGxpc3QuPC9wPgo8
cD48YSBocmVmPSJodHRwczovL2NsaWNrLnBzdG1yay5pdC8zcy9tYW5kcmlsbGFwcC5jb20lMkZ0
cmFjayUyRmNsaWNrJTJGMzAwMDA2NjYlMkZzYWxhcnkubGFuZGluZy5leGFtcGxlJTNGcCUzRGV5
 / search  n next  u undo  g history                             ? help  q back
EOF
