# Without colour everything is still told: the marks are text.
export NO_COLOR=1
play id:spam-deceptive-text@bank.example <<'EOF'
size 80x24
now 2026-11-24T12:00:00Z
keys m
save-screen list
keys Enter
save-screen message
EOF
screen list <<'EOF'
 espial — id:spam-deceptive-text@bank.example — 1 of 1 — 1 marked
* 22 Sep Bank <service… Please confirm your details                     new spam





















 Enter open  / query  s saved  l label  N no rule  c campaigns   ? help  q back
EOF
screen message <<'EOF'
 Please confirm your details — new spam unread
From: Bank <service@bank.example>
Return-Path: <service@bank.example>
To: analyst@example.org
Subject: Please confirm your details
Date: Tue, 22 Sep 2026 07:58:59 +0000
Message-ID: <spam-deceptive-text@bank.example>
Authentication-Results: mx.example.org; spf=fail smtp.mailfrom=bank.example;
dkim=none

https://www.example.com/login[1]

www.example.com[2]

bank.example[3]

https://www.example.org/[4]

── 4 links ─────────────────────────────────────────────────────────────────────
  1    ! -            anchor  https://www.bank.example@203.0.113.9/login
  2    ! -            anchor  http://203.0.113.9/a
  3    ? -            anchor  https://xn--bnk-ula.example/x
  4    ! -            anchor  https://www.xn--bnk-qla.example/%C3%BC
 Tab next link  Enter chain  l label  J next  N no rule          ? help  q back
EOF
