# From a link that no rule explains to a rule.
play id:spam-newesp-invoice-7731@pay.example <<'EOF'
size 80x24
keys Enter l
type New ESP
save-screen new-provider
keys Enter
save-screen draft
keys d b
save-screen opaque-any-host
keys b v
save-screen yaml
keys q s
save-screen samples
keys q Down Down Down Enter ^U
type newesp.example click.newesp.example
save-screen editing
keys Enter Down Down Enter ^U
type ^/(
keys Enter
save-screen problem
keys c
expect cannot be committed
keys q
save-screen kept
EOF
screen new-provider <<'EOF'
 Whose link is number 1? — type to filter, Enter picks, Esc goes back
> New ESP
  new provider: New ESP




















 Enter pick
EOF
screen draft <<'EOF'
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
 c commit  Enter edit  d decoding  b branded  a whom  e YAML     ? help  q back
EOF
screen opaque-any-host <<'EOF'
 New rule new-esp/t — new provider New ESP
 id          new-esp/t
 summary     new-esp links under /t, destination on the server
 status      draft
 hosts
 host
 path        ^/t/(?<_id>[0-9a-f]+)/(?<_data>[^/]+)$
 params      c s
 query
 fragment
 decode      opaque
 fields      campaign = param c
 references  seen in the wild
 why
 label       this message
────────────────────────────────────────────────────────────────────────────────

 tests pass: 1 that match, 1 that do not
 query: 1 message, 2 links   store: 6 messages, 12 links
 no clash with another rule; 0 landing domains, 12 opaque
   → opaque                             https://click.newesp.example/t/0d69258a…
   → opaque                             https://click.newesp.example/t/1bf91fa1…
   → opaque                             https://click.newesp.example/t/2f6c7951…
for any host: recognised by its shape
EOF
screen yaml <<'EOF'
 The rule — lines 1-20 of 25
id: new-esp/t
esp: new-esp
status: draft
summary: new-esp links under /t, destination on the server
match:
  hosts:
    - newesp.example
  path: ^/t/(?<_id>[0-9a-f]+)/(?<_data>[^/]+)$
  params:
    c: ''
    s: ''
decode: opaque
fields:
  campaign:
    - param: c
references:
  - seen in the wild
tests:
  match:
    - url:
https://click.newesp.example/t/492d93775b0eb5344dbbbde3/aHR0cHM6Ly9wYXktbm93Lmxh
bmRpbmcuZXhhbXBsZS9pLzc3MzE?c=4821370&s=8487202ae1049e8f
 / search  n next  u undo  g history                             ? help  q back
EOF
screen samples <<'EOF'
 What the rule explains — 12 samples
 → opaque                               https://click.newesp.example/t/93f5fb9f…
 → opaque                               https://click.newesp.example/t/66662816…
 → opaque                               https://click.newesp.example/t/7633772b…
 → opaque                               https://click.newesp.example/t/f7a0e4d4…
 → opaque                               https://click.newesp.example/t/78240001…
 → opaque                               https://click.newesp.example/t/0d69258a…
 → opaque                               https://click.newesp.example/t/88542341…
 → opaque                               https://click.newesp.example/t/492d9377…
 → opaque                               https://click.newesp.example/t/44777a4a…
 → opaque                               https://click.newesp.example/t/2f6c7951…
 → opaque                               https://click.newesp.example/t/1bf91fa1…
 → opaque                               https://click.newesp.example/t/d0ffcc01…





────────────────────────────────────────────────────────────────────────────────
 URL       https://click.newesp.example/t/93f5fb9faef9e481f5e85ab8/aHR0cHM6Ly9w…
 leads to  opaque
 message   spam-newesp-invoice-refund@tax.example
 fields    campaign=4821370
 Enter open  + must match  - must not  p problems  u undo        ? help  q back
EOF
screen editing <<'EOF'
 New rule new-esp/t — new provider New ESP
 id          new-esp/t
 summary     new-esp links under /t, destination on the server
 status      draft
 hosts       newesp.example
 host
 path        ^/t/(?<_id>[0-9a-f]+)/(?<_data>[^/]+)$
 params      c s
 query
 fragment
 decode      opaque
 fields      campaign = param c
 references  seen in the wild
 why
 label       this message
────────────────────────────────────────────────────────────────────────────────

 tests pass: 1 that match, 1 that do not
 query: 1 message, 2 links   store: 6 messages, 12 links
 no clash with another rule; 0 landing domains, 12 opaque
   → opaque                             https://click.newesp.example/t/93f5fb9f…
   → opaque                             https://click.newesp.example/t/66662816…
   → opaque                             https://click.newesp.example/t/7633772b…
hosts: newesp.example click.newesp.example
EOF
screen problem <<'EOF'
 New rule new-esp/t — new provider New ESP
 id          new-esp/t
 summary     new-esp links under /t, destination on the server
 status      draft
 hosts       newesp.example click.newesp.example
 host
 path        ^/(
 params      c s
 query
 fragment
 decode      opaque
 fields      campaign = param c
 references  seen in the wild
 why
 label       this message
────────────────────────────────────────────────────────────────────────────────

 1 problem: it cannot be committed
   bad pattern in path: missing closing parenthesis at offset 3




 c commit  Enter edit  d decoding  b branded  a whom  e YAML     ? help  q back
EOF
screen kept <<'EOF'
 Your invoice #7731 is overdue — new spam unread
From: Billing <accounts@pay.example>
Return-Path: <accounts@pay.example>
To: analyst@example.org
Subject: Your invoice #7731 is overdue
Date: Sun, 30 Aug 2026 18:34:13 +0000
Message-ID: <spam-newesp-invoice-7731@pay.example>
Authentication-Results: mx.example.org; spf=fail smtp.mailfrom=pay.example;
dkim=none

Dear customer,

Your invoice #7731 over $ 482.90 is overdue.

View invoice[1]

Billing department

Unsubscribe[2]
── 3 links ─────────────────────────────────────────────────────────────────────
  1 ×2   no rule?     anchor  https://click.newesp.example/t/492d93775b0eb5344d…
  2 ×2   no rule?     anchor  https://click.newesp.example/t/88542341336be5d806…
  3      no rule?     pixel   https://click.newesp.example/o/bf8cd964f47d1ba9b7…
the draft is kept: P goes on with it
EOF
