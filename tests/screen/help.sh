# Help is made from the keys of the screen that it is about.
play <<'EOF'
size 80x24
keys ?
save-screen list
keys PgDn
save-screen more
keys / 
type defanged
keys Enter
expect defanged
keys q
refuse Keys of
keys Enter ?
save-screen message
EOF
screen list <<'EOF'
 Help — lines 1-22 of 32
Keys of this screen (messages)
  Enter o            open the message
  /                  change the query; Tab completes, Up recalls
  s                  saved searches
  l                  label the marked messages, or this one (tags only)
  L                  label every message of the query
  N                  the next message with a tracker-like link without a rule
  c                  group the messages by provider, account, landing domain
  v                  the messages of the query over time, by provider
  m t                mark the message, or take the mark away
  M                  mark all messages that were read so far
  U                  take all marks away
  S                  newest or oldest first
  f                  fold threads, or show every message
  Tab                unfold this thread, or fold it again
  R                  look at the store again

Keys of every screen
  j Down             go down a line
  k Up               go up a line
  PgDn Space ^F      go down a page
  PgUp ^B            go up a page
 / search  n next  u undo  g history                             ? help  q back
EOF
screen more <<'EOF'
 Help — lines 11-32 of 32
  M                  mark all messages that were read so far
  U                  take all marks away
  S                  newest or oldest first
  f                  fold threads, or show every message
  Tab                unfold this thread, or fold it again
  R                  look at the store again

Keys of every screen
  j Down             go down a line
  k Up               go up a line
  PgDn Space ^F      go down a page
  PgUp ^B            go up a page
  Home <             go to the first line
  End >              go to the last line
  u                  undo the last label: its tags and its rule
  g                  history of the ruleset
  P                  go on with a draft that was not committed
  D                  show URLs defanged, or as they are
  ?                  all keys of this screen
  q Esc              go back; on the first screen, quit
  Q                  quit espial
  ^L                 paint the screen again
 / search  n next  u undo  g history                             ? help  q back
EOF
screen message <<'EOF'
 Help — lines 1-22 of 28
Keys of this screen (message)
  Tab n              select the next link
  BackTab p          select the previous link
  Enter              where the link leads, hop by hop
  l                  label the link with its provider; drafts a missing rule
  J Right            the next message of the list
  K Left             the previous message
  N                  the next tracker-like link without a rule, in any message
  w                  messages with the same account, landing, network or rule
  h                  all headers, with the Received chain, or the usual ones
  o                  why it was sent on or off the provider's network
  r                  the message as it arrived

Keys of every screen
  j Down             go down a line
  k Up               go up a line
  PgDn Space ^F      go down a page
  PgUp ^B            go up a page
  Home <             go to the first line
  End >              go to the last line
  u                  undo the last label: its tags and its rule
  g                  history of the ruleset
 / search  n next  u undo  g history                             ? help  q back
EOF
