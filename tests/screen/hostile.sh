# What is meant to fool the terminal or its reader is shown as what it is.
play subject:report or from:troppus or from:raw <<'EOF'
size 80x24
now 2026-11-24T12:00:00Z
save-screen list
keys Enter
save-screen subject
keys J
save-screen raw
keys J
save-screen from
EOF
screen list <<'EOF'
 espial — subject:report or from:troppus or from:raw — 1 of 3
  04 Nov Support <help… Report <U+202E>gpj.exe<U+202C… ≠ sendgrid       new spam
  02 Nov Raw <raw@desk… ^[[2J^[[1;1Hcleared <U+009B>3…                  new spam
  10 Oct <U+202E>elpma… 超長い件名超長い件名超長い件…    bitly          new spam



















 Enter open  / query  s saved  l label  N no rule  c campaigns   ? help  q back
EOF
screen subject <<'EOF'
 Report <U+202E>gpj.exe<U+202C> attached <U+200B><U+2066>hidden<U+2069> ^[[31m…
From: Support <help@desk.example>
Return-Path: <help@desk.example>
To: analyst@example.org
Subject: Report <U+202E>gpj.exe<U+202C> attached <U+200B><U+2066>hidden<U+2069>
^[[31mred^[[0m^G Ǻ̂̃
Date: Wed, 04 Nov 2026 03:49:56 +0000
Message-ID: <spam-display-attack-subject@desk.example>
Authentication-Results: mx.example.org; spf=fail smtp.mailfrom=desk.example;
dkim=none
≠ off-network sendgrid: the sending host is none of SendGrid, and the mail has
not its headers

Link: bank.example<U+202E>/tfos[1]







── 1 link ──────────────────────────────────────────────────────────────────────
  1      sendgrid     anchor  10000042     → opaque https://u10000042.ct.sendgr…
 Tab next link  Enter chain  l label  J next  N no rule          ? help  q back
EOF
screen raw <<'EOF'
 ^[[2J^[[1;1Hcleared <U+009B>31m <U+009B>31m ÿþ latin éè — new spam unread
From: Raw <raw@desk.example>
Return-Path: <raw@desk.example>
To: analyst@example.org
Subject: ^[[2J^[[1;1Hcleared <U+009B>31m <U+009B>31m ÿþ latin éè
Date: Mon, 02 Nov 2026 04:59:58 +0000
Message-ID: <spam-raw-escapes@desk.example>
Authentication-Results: mx.example.org; spf=fail smtp.mailfrom=desk.example;
dkim=none

plain body












 Tab next link  Enter chain  l label  J next  N no rule          ? help  q back
EOF
screen from <<'EOF'
 超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名超長い…
From: <U+202E>elpmaxe.knab@troppus<U+202C>  👩👩👧👦 ｂａｎｋ
<<U+202E>elpmaxe.knab@troppus<U+202C>>
Return-Path: <<U+202E>elpmaxe.knab@troppus<U+202C>>
To: analyst@example.org
Subject:
超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名
超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名
超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名
超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名
超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名
超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名
超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名超長い件名
超長い件名超長い件名超長い件名超長い件名 end
Date: Sat, 10 Oct 2026 19:45:21 +0000
Message-ID: <spam-display-attack-from@troppus<U+202C>>
Authentication-Results: mx.example.org; spf=fail smtp.mailfrom=troppus<U+202C>;
dkim=none

éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé
éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé
── 1 link ──────────────────────────────────────────────────────────────────────
  1      bitly        text    → opaque https://bit.ly/0nkX1DT
 Tab next link  Enter chain  l label  J next  N no rule          ? help  q back
EOF
