# The pane of links: more than fit, hops of several providers, on a wide screen too.
play id:newsletter-mailchimp-en@shop.example <<'EOF'
size 80x24
keys Enter Tab Tab
save-screen narrow
resize 160x24
save-screen wide
EOF
screen narrow <<'EOF'
 Autumn bulbs are here — inbox new unread
To: analyst@example.org
Subject: Autumn bulbs are here
Date: Sun, 13 Sep 2026 16:27:07 +0000
Message-ID: <newsletter-mailchimp-en@shop.example>
Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=shop.example;
dkim=pass header.d=shop.example
on-network mailchimp: Mailchimp: its network holds the sending IP

Autumn bulbs are here

Plant now, enjoy in spring: see all bulbs[1]

Tulips[2]

Our mailing address: 1 Example Street. unsubscribe[3]

── 5 links ─────────────────────────────────────────────────────────────────────
  1 ×2   mailchimp    anchor  6a6536fc62d… → opaque https://shop-example.us13.l…
  2      mailchimp    anchor  10000001/04… → https://www.shop.example/tulips?re…
  3      mailchimp    anchor  71efaaf4af1… → opaque https://shop-example.us13.l…
  4      mailchimp    header  7297ec552eb… → opaque https://shop-example.us13.l…
  5      mailchimp    pixel   9d766ba5d3d… → opaque https://shop-example.us13.l…
 Tab next link  Enter chain  l label  J next  N no rule          ? help  q back
EOF
screen wide <<'EOF'
 Autumn bulbs are here — inbox new unread
Return-Path: <bounce-mc.us13_10000001.20000001-analyst=example.org@mail12.atl51.rsgsv.net>
To: analyst@example.org
Subject: Autumn bulbs are here
Date: Sun, 13 Sep 2026 16:27:07 +0000
Message-ID: <newsletter-mailchimp-en@shop.example>
Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=shop.example; dkim=pass header.d=shop.example
on-network mailchimp: Mailchimp: its network holds the sending IP

Autumn bulbs are here

Plant now, enjoy in spring: see all bulbs[1]

Tulips[2]

Our mailing address: 1 Example Street. unsubscribe[3]

── 5 links ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
  1 ×2   mailchimp          anchor  6a6536fc62d5dcf3e1fd31f6b/f… → opaque https://shop-example.us13.list-manage.com/track/click?u=6a6536fc62d5dcf3e1fd31f6b&id=…
  2      mailchimp          anchor  10000001/045e5aba69          → https://www.shop.example/tulips?ref=nl&week=34
  3      mailchimp          anchor  71efaaf4af19296a1efb9cb79/f… → opaque https://shop-example.us13.list-manage.com/unsubscribe?u=71efaaf4af19296a1efb9cb79&id=…
  4      mailchimp          header  7297ec552eb0d81bc8f300619/b… → opaque https://shop-example.us13.list-manage.com/unsubscribe?u=7297ec552eb0d81bc8f300619&id=…
  5      mailchimp          pixel   9d766ba5d3d511ca1e8945b68/a… → opaque https://shop-example.us13.list-manage.com/track/open.php?u=9d766ba5d3d511ca1e8945b68&…
 Tab next link  Enter chain  l label  J next  N no rule  w same  h headers  o network  r source  u undo  g history                               ? help  q back
EOF
