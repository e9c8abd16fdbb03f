#!/usr/bin/env bash
# A ruleset or a store that somebody else holds: the console says so, keeps what was typed, and goes
# on when it is free again.
. "$(dirname "$0")/console.bash"

tagged() { [ "$(ids "$1")" = "$2" ]; }
commits_are() { [ "$(in_ruleset rev-list --count HEAD)" = "$1" ]; }

demo_start
console_start 80x24
open_newcomer
lock=$ruleset/.git/index.lock
draft_new_esp
expect "no clash with another rule"
touch "$lock"
keys c
answer "Commit rule new-esp/t and label 1 message?" y
expect "not committed, kept as a draft: "
expect "remove the file"
is "the commits" "$(in_ruleset rev-list --count HEAD)" 1
[ -e "$lock" ] || fail "the lock of another program is gone"
is "the tags" "$(ids tag:esp/new-esp)" ""
is "the drafts" "$(ls "$drafts")" "new-esp--t.message
new-esp--t.yaml"
# Leaving and coming back changes nothing.
keys q
expect "<$newcomer>"
keys P
expect "New rule new-esp/t"
expect "no clash with another rule"
rm "$lock"
keys c
answer "Commit rule new-esp/t and label 1 message?" y
until_true "the commit" commits_are 2
until_true "the label" tagged tag:esp/new-esp "id:$newcomer"
is "the drafts" "$(ls "$drafts")" ""
expect "u undoes"

# A locked ruleset cannot be undone either; nothing is half done.
touch "$lock"
keys u
expect "lock"
is "the label" "$(ids tag:esp/new-esp)" "id:$newcomer"
rm "$lock"
keys u
until_true "the revert" commits_are 3
until_true "the label" tagged tag:esp/new-esp ""

# A program that writes to the store, as long as the pipe is open.
hold() {
	rm -f "$scratch/pipe"
	mkfifo "$scratch/pipe"
	notmuch tag --batch <"$scratch/pipe" &
	exec 3>"$scratch/pipe"
	# It has the lock when it takes the second line.
	echo "+held$1 -- id:$newcomer" >&3
	until_true "the lock" eval "! timeout 1 notmuch tag +free$1 -- id:$newcomer"
}
let_go() {
	exec 3>&-
	wait
	is "the other program's tag" "$(ids "tag:held$1")" "id:$newcomer"
}
label() { # the selected message, with a provider
	keys l
	expect "type to filter"
	typed "$1"
	expect "> $1"
	keys Enter
	refuse "type to filter"
}

# The console answers meanwhile, says what it waits for, and writes the label when it can.
keys q
expect "4 of 6"
hold 1
label mandrill
keys k
expect "3 of 6"
expect "locked by another program"
is "the label" "$(ids tag:esp/mandrill)" ""
let_go 1
until_true "the label" tagged tag:esp/mandrill "id:$newcomer"
expect "u undoes"
keys u
until_true "the label" tagged tag:esp/mandrill ""

# Nor does it wait to end; the next run writes what is left.
hold 2
keys j
expect "4 of 6"
label sendgrid
keys Q
console_ended 0
let_go 2
is "the label" "$(ids tag:esp/sendgrid)" ""
console_start 80x24
until_true "the label" tagged tag:esp/sendgrid "id:$newcomer"
keys Q
console_ended 0
