# A link whose text names another site is marked; URLs can be shown defanged.
play id:spam-deceptive-text@bank.example <<'EOF'
size 80x24
keys Enter
save-screen marked
keys Enter
save-screen chain
keys q D
save-screen defanged
keys Enter
expect hxxps://
refuse https://www.bank
EOF
screen marked <<'EOF'
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
screen chain <<'EOF'
 Link 1: no rule explains it
https://www.bank.example@203.0.113.9/login
  anchor, shown as: https://www.example.com/login
  ! deceptive-text: the shown text names another domain than the link
  ! userinfo: a user name before the host can be taken for the host
  ! ip-host: the host is an IP address
└─ no rule explains it: it leads where it says
















 u undo  g history                                               ? help  q back
EOF
screen defanged <<'EOF'
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
  1    ! -            anchor  hxxps://www[.]bank[.]example@203[.]0[.]113[.]9/lo…
  2    ! -            anchor  hxxp://203[.]0[.]113[.]9/a
  3    ? -            anchor  hxxps://xn--bnk-ula[.]example/x
  4    ! -            anchor  hxxps://www[.]xn--bnk-qla[.]example/%C3%BC
URLs are shown defanged
EOF
