# The query line: completion, recall, what matches nothing, what is no query.
play <<'EOF'
size 80x10
now 2026-11-24T12:00:00Z
keys /
type tag:s
keys Tab
save-screen only
keys ^U
type not ta
keys Tab
save-screen completed
keys ^U
type tag:
keys Tab Tab
save-screen candidates
keys Esc / ^U
type subject:nothing-has-this
keys Enter
save-screen empty
keys /
keys ^U
type from:/[/
keys Enter
save-screen bad
keys / Up Up
save-screen recalled
keys ^U Enter
expect 1 of 48
EOF
screen only <<'EOF'
 espial — * — 1 of 48
  16 Nov Anna <anna@me… hi, remember me? 💌            ≠ mailgun        new spam
  14 Nov Fax <fax@fax.… Fax received                   ≠ sendgrid       new spam
  12 Nov Quick Loans <… You are pre-approved           ≠ sparkpost      new spam
  10 Nov Streaming <bi… Payment declined: update your… ≠ amazon-ses ma… new spam
  08 Nov The Example H… Morning briefing: three stori…                  inbox n…
  06 Nov Tax Office <r… Refund for invoice 88213 appr…                  new spam
  04 Nov Support <help… Report <U+202E>gpj.exe<U+202C… ≠ sendgrid       new spam
  02 Nov Raw <raw@desk… ^[[2J^[[1;1Hcleared <U+009B>3…                  new spam
Query: tag:spam
EOF
screen completed <<'EOF'
 espial — * — 1 of 48
  16 Nov Anna <anna@me… hi, remember me? 💌            ≠ mailgun        new spam
  14 Nov Fax <fax@fax.… Fax received                   ≠ sendgrid       new spam
  12 Nov Quick Loans <… You are pre-approved           ≠ sparkpost      new spam
  10 Nov Streaming <bi… Payment declined: update your… ≠ amazon-ses ma… new spam
  08 Nov The Example H… Morning briefing: three stori…                  inbox n…
  06 Nov Tax Office <r… Refund for invoice 88213 appr…                  new spam
  04 Nov Support <help… Report <U+202E>gpj.exe<U+202C… ≠ sendgrid       new spam
  02 Nov Raw <raw@desk… ^[[2J^[[1;1Hcleared <U+009B>3…                  new spam
Query: not tag:
EOF
screen candidates <<'EOF'
 espial — * — 1 of 48
  16 Nov Anna <anna@me… hi, remember me? 💌            ≠ mailgun        new spam
  14 Nov Fax <fax@fax.… Fax received                   ≠ sendgrid       new spam
  12 Nov Quick Loans <… You are pre-approved           ≠ sparkpost      new spam
  10 Nov Streaming <bi… Payment declined: update your… ≠ amazon-ses ma… new spam
  08 Nov The Example H… Morning briefing: three stori…                  inbox n…
  06 Nov Tax Office <r… Refund for invoice 88213 appr…                  new spam
  04 Nov Support <help… Report <U+202E>gpj.exe<U+202C… ≠ sendgrid       new spam
tag:new  tag:spam  tag:unread
Query: tag:new
EOF
screen empty <<'EOF'
 espial — subject:nothing-has-this — 0
  no message matches; / changes the query







 Enter open  / query  s saved  l label  N no rule  c campaigns   ? help  q back
EOF
screen bad <<'EOF'
 espial — subject:nothing-has-this — 0
  no message matches; / changes the query







notmuch does not understand: from:/[/: Regexp error: Invalid regular expression
EOF
screen recalled <<'EOF'
 espial — subject:nothing-has-this — 0
  no message matches; / changes the query







Query: subject:nothing-has-this
EOF
