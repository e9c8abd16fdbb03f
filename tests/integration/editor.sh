#!/usr/bin/env bash
# The whole rule in an editor: what was edited is in the form and in the commit; what is no rule any
# more is kept, offered again and edited again; an editor that fails changes nothing.
. "$(dirname "$0")/console.bash"

# An editor that shows itself until a key, then does what the file `edit` says to the file it is
# given.
cat >"$scratch/my editor" <<'EOS'
#!/bin/sh
# $1 is an option of VISUAL; $2 the file
stty -a >"$EDIT_DIR/stty"
printf 'edit %s of a %s file' "$(cat "$EDIT_DIR/number")" "${2##*.}"
head -c 1 >/dev/null
[ "$1" = -x ] || exit 9
exec sh "$EDIT_DIR/edit" "$2"
EOS
chmod +x "$scratch/my editor"
export EDIT_DIR=$scratch VISUAL="'$scratch/my editor' -x" EDITOR=false

number=0
edit() { # a shell command that edits $1
	# What an editor wrote before stands in the terminal when the next one begins.
	number=$((number + 1))
	echo "$number" >"$scratch/number"
	echo "$1" >"$scratch/edit"
	keys e
	expect "edit $number of a yaml file"
	refuse "no clash"
	# The editor has a terminal in its usual mode, not that of curses.
	grep -q ' icanon' "$scratch/stty" && grep -q ' echo ' "$scratch/stty" || fail "the editor's terminal: $(cat "$scratch/stty")"
	keys Enter
	refuse "edit $number of a yaml file"
}
kept() { compgen -G "$drafts/*.yaml" >/dev/null; }

demo_start
console_start 80x24
open_newcomer
draft_new_esp
expect "6 messages, 12 links"

edit 'sed -i "s/^summary: .*/summary: An edited summary/" "$1"'
expect "An edited summary"
expect "6 messages, 12 links"
kept || fail "the edit was not kept"

edit 'exit 3'
expect "An edited summary"
expect "3"
edit 'sed -i "s/^match:.*/match: [/" "$1"'
expect "kept, but not a rule"
expect "the YAML cannot be read"
keys c
expect "cannot be committed"
is "the commits" "$(in_ruleset rev-list --count HEAD)" 1

# The next day: the broken draft is offered, and is as it was left.
keys Q
console_ended 0
kept || fail "the broken draft was not kept"
console_start 80x24
expect "draft"
expect "P"
query query:invoice "1 of 6"
keys Enter
expect "Claim refund"
keys P
expect "the YAML cannot be read"
keys v
expect "match: ["
keys q
expect "the YAML cannot be read"
edit 'sed -i "s/^match: .*/match:/" "$1"'
refuse "the YAML cannot be read"
expect "An edited summary"
expect "6 messages, 12 links"
keys c
answer "Commit rule new-esp/t and label 1 message?" y
expect "u undoes"
is "the subject" "$(in_ruleset log -1 --format=%s)" "new-esp: add An edited summary"
is "the summary" "$(in_ruleset show HEAD:trackers/new-esp/t.yaml | grep ^summary)" "summary: An edited summary"
is "the provider" "$(in_ruleset show HEAD:esps/new-esp.yaml | grep ^name)" "name: New ESP"
is "the evidence" "$(in_ruleset log -1 --format='%(trailers:key=Evidence,valueonly,separator=)')" "id:$newcomer"
is "the drafts" "$(ls "$drafts")" ""
"$build/espial" rules check "$ruleset"
keys P
expect "no draft waits"
keys Q
console_ended 0
