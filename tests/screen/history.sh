# What was committed, how it changed the ruleset, and that a commit is reverted by another.
mask 's/^[0-9a-f]{7} [0-9]{4}-[0-9]{2}-[0-9]{2} /1234567 2026-11-24 /'
mask 's/^commit [0-9a-f]{40}$/commit 1234567…/; s/^(index [0-9a-f]{7}..)[0-9a-f]{7}/\11234567/'
mask 's/^(Revert|reverted by) [0-9a-f]{7}/\1 1234567/'
play id:spam-newesp-invoice-7731@pay.example <<'EOF'
size 80x24
keys Enter l
type New ESP
keys Enter c
save-screen question
keys y
save-screen explained
keys g
save-screen history
keys Enter
save-screen patch
keys q o
save-screen of-one-rule
keys q x
save-screen revert
keys y
save-screen reverted
EOF
screen question <<'EOF'
 New rule new-esp/t — new provider New ESP
 id          new-esp/t
 summary     new-esp links under /t, URL in base64
 status      draft
 hosts       newesp.example
 host
 path        ^/t/(?<_id>[0-9a-f]+)/(?<_data>[^/]+)$
 params      c s
 query
 fragment
 decode      group _data | base64
 fields      campaign = param c
 references  seen in the wild
 why
 label       this message
────────────────────────────────────────────────────────────────────────────────
 decoding 1 of 1: https://pay-now.landing.example/i/7731
 tests pass: 1 that match, 1 that do not
 query: 1 message, 2 links   store: 6 messages, 12 links
 no clash with another rule; 1 landing domain, 0 opaque
   → https://pay-now.landing.example/u… https://click.newesp.example/t/93f5fb9f…
   → https://refund.landing.example/cl… https://click.newesp.example/t/66662816…
   → https://pay-now.landing.example/u… https://click.newesp.example/t/7633772b…
Commit rule new-esp/t and label 1 message? (y/n)
EOF
screen explained <<'EOF'
 Your invoice #7731 is overdue — esp/new-esp new spam tracker unread
From: Billing <accounts@pay.example>
Return-Path: <accounts@pay.example>
To: analyst@example.org
Subject: Your invoice #7731 is overdue
Date: Sun, 30 Aug 2026 18:34:13 +0000
Message-ID: <spam-newesp-invoice-7731@pay.example>
Authentication-Results: mx.example.org; spf=fail smtp.mailfrom=pay.example;
dkim=none
unknown new-esp: no sending hosts are known of New ESP

Dear customer,

Your invoice #7731 over $ 482.90 is overdue.

View invoice[1]

Billing department

── 3 links ─────────────────────────────────────────────────────────────────────
  1 ×2   new-esp      anchor  /4821370     → https://pay-now.landing.example/i/…
  2 ×2   new-esp      anchor  /4821370     → https://pay-now.landing.example/un…
  3      no rule?     pixel                https://click.newesp.example/o/bf8cd…
new-esp: rule new-esp/t: +esp/new-esp +tracker on 1 message; u undoes
EOF
screen history <<'EOF'
 History of the ruleset — main, 2 commits
1234567 2026-11-24 Test Analyst   new-esp: add new-esp links under /t, URL in b…
1234567 2026-11-24 Test Analyst   Start from the shipped catalogue




















 Enter patch  o this rule  x revert  u undo  g history           ? help  q back
EOF
screen patch <<'EOF'
 new-esp: add new-esp links under /t, URL in base64 — lines 1-22 of 53
commit 1234567…
Author: Test Analyst <analyst@example.org>

new-esp: add new-esp links under /t, URL in base64

Matched 6 messages, 12 links, 1 landing domain when it was made.

Rule: new-esp/t
ESP: new-esp
Evidence: id:spam-newesp-invoice-7731@pay.example

diff --git a/esps/new-esp.yaml b/esps/new-esp.yaml
new file mode 100644
index 0000000..1234567
--- /dev/null
+++ b/esps/new-esp.yaml
@@ -0,0 +1,3 @@
+id: new-esp
+name: New ESP
+kind: esp
diff --git a/trackers/new-esp/t.yaml b/trackers/new-esp/t.yaml
new file mode 100644
 / search  n next  u undo  g history                             ? help  q back
EOF
screen of-one-rule <<'EOF'
 History of new-esp/t — main, 1 commit
1234567 2026-11-24 Test Analyst   new-esp: add new-esp links under /t, URL in b…





















 Enter patch  o this rule  x revert  u undo  g history           ? help  q back
EOF
screen revert <<'EOF'
 History of the ruleset — main, 2 commits
1234567 2026-11-24 Test Analyst   new-esp: add new-esp links under /t, URL in b…
1234567 2026-11-24 Test Analyst   Start from the shipped catalogue




















Revert 1234567 (new-esp: add new-esp links under /t, URL in base64), 2 f… (y/n)
EOF
screen reverted <<'EOF'
 History of the ruleset — main, 3 commits
1234567 2026-11-24 Test Analyst   Revert "new-esp: add new-esp links under /t, …
1234567 2026-11-24 Test Analyst   new-esp: add new-esp links under /t, URL in b…
1234567 2026-11-24 Test Analyst   Start from the shipped catalogue



















reverted by 1234567; u undoes
EOF
