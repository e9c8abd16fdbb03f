#!/usr/bin/env bash
# The history of the ruleset: what was committed here and elsewhere, patches, one rule, reverting.
. "$(dirname "$0")/console.bash"

commits_are() { [ "$(in_ruleset rev-list --count HEAD)" = "$1" ]; }

demo_start
console_start 100x30
open_newcomer
draft_new_esp
expect "no clash with another rule"
keys c
answer "Commit rule new-esp/t and label 1 message?" y
expect "u undoes"

keys g
expect "History of the ruleset — main, 2 commits"
expect "new-esp: add"
expect "Test Analyst"
expect "Start from the shipped catalogue"
keys Enter
expect "commit $(in_ruleset rev-parse HEAD)"
expect "Evidence: id:$newcomer"
keys /
expect "Search:"
typed "+id: new-esp/t"
keys Enter
refuse "Search:"
expect "+esp: new-esp"
keys q
expect "History of the ruleset"
keys o
expect "History of new-esp/t — main, 1 commit"
refuse "Start from"
keys q
expect "Start from"

# Reverting asks first; the rule goes, and the link in the message below is unexplained again.
keys x
answer "Revert $(in_ruleset rev-parse --short=7 HEAD)" n
expect "nothing was changed"
is "the commits" "$(in_ruleset rev-list --count HEAD)" 2
keys x
answer "Revert $(in_ruleset rev-parse --short=7 HEAD)" y
until_true "the revert" commits_are 3
expect "3 commits"
case $(in_ruleset log -1 --format=%s) in
'Revert "new-esp: add '*) ;;
*) fail "the subject is $(in_ruleset log -1 --format=%s)" ;;
esac
in_ruleset log -1 --format=%b | grep -q "^This reverts commit $(in_ruleset rev-parse HEAD~1)" || fail "it says not what it reverts"
is "the ruleset" "$(in_ruleset rev-parse 'HEAD^{tree}')" "$(in_ruleset rev-parse 'HEAD~2^{tree}')"
is "the work tree" "$(in_ruleset status --porcelain)" ""
keys q
expect "<$newcomer>"
refuse "→ https://pay-now.landing.example"

# A revert is undone like any action.
keys u
until_true "the undone revert" commits_are 4
is "the ruleset" "$(in_ruleset rev-parse 'HEAD^{tree}')" "$(in_ruleset rev-parse 'HEAD~2^{tree}')"
expect "→ https://pay-now.landing.example"

# A colleague's commit shows when the history is opened, and can be reverted too.
sed -i 's/^status: .*/status: retired/' "$ruleset/trackers/new-esp/t.yaml"
in_ruleset commit -q -a -m 'new-esp: retire t

Rule: new-esp/t' --author 'A Colleague <colleague@example.org>'
keys g
expect "5 commits"
expect "A Colleague"
keys x
answer "Revert $(in_ruleset rev-parse --short=7 HEAD)" y
until_true "the revert" commits_are 6
is "the rule" "$(in_ruleset show HEAD:trackers/new-esp/t.yaml | grep -c '^status: draft')" 1
keys Q
console_ended 0
