#!/usr/bin/env bash
# The terminal: other sizes while it works, and left sane however the console ends.
. "$(dirname "$0")/console.bash"

pid() { cat "$scratch/pid"; }
bottom() { screen | tail -n 1; }

# Mails that take a while to read, older than those of the demo: notmuch indexes small files, which
# large ones then take the place of.
add_slow_mails() { # COUNT
	local i folder=$scratch/demo/mail/inbox/cur
	for ((i = 0; i < $1; i++)); do
		printf 'From: a@example.com\nDate: Thu, 01 Jan 2026 00:00:00 +0000\nMessage-ID: <slow-%s@example.com>\n\n.\n' \
			"$i" >"$folder/slow-$i:2,"
	done
	notmuch new --quiet
	{
		printf 'From: a@example.com\nMessage-ID: <slow@example.com>\n\n'
		seq -f 'https://www.example.com/%.0f' 40000
	} >"$scratch/slow"
	for ((i = 0; i < $1; i++)); do
		ln -f "$scratch/slow" "$folder/slow-$i:2,"
	done
}

demo_start
add_slow_mails 400

# The index reads the slow mails for seconds; the console answers meanwhile.
open_draft() {
	console_start 80x24
	expect " of 448"
	query query:invoice "1 of 6"
	keys j j j Enter
	expect "<$newcomer>"
	draft_new_esp
	expect "so far"
}
caught_up() { "$build/espial" status | grep -q "caught up"; }
open_draft
expect "reading mail"
keys '>' k Enter
expect "why:"
typed "while it counts"
keys Enter
expect "so far"
expect "while it counts"
keys c
expect "still counting"

# Any size, also while it reads.
in_tmux resize-window -t console -x 120 -y 40
expect "while it counts"
until_true "a status line at the bottom" eval 'bottom | grep -q "c commit"'
in_tmux resize-window -t console -x 39 -y 5
expect "at least 40x6"
in_tmux resize-window -t console -x 1 -y 1
in_tmux resize-window -t console -x 40 -y 6
expect "New rule new-esp/t"
in_tmux resize-window -t console -x 80 -y 24
expect "so far"

# Quitting does not wait for the index.
keys Q
console_ended 0
caught_up && fail "quitting waited for the index"
console_start 80x24
expect "1 draft"
expect " of 448"
is "the draft" "$(ls "$drafts" | wc -l)" 2
rm "$drafts"/*
keys Q
console_ended 0

# Signals end it, also while it reads; a crash leaves the terminal sane too.
for signal in TERM HUP INT; do
	open_draft
	is "the alternate screen" "$(of_pane '#{alternate_on}')" 1
	kill -"$signal" "$(pid)"
	console_ended 0
done
for signal in SEGV ABRT; do
	console_start 80x24
	expect " of 448"
	kill -"$signal" "$(pid)"
	console_ended $((128 + $(kill -l "$signal")))
done

# Suspended and resumed by the shell.
console_start 80x24 "exec bash --norc --noprofile -i"
expect bash
typed "'$build/espial' query:invoice"
keys Enter
expect "1 of 6"
keys C-z
expect "Stopped"
is "the alternate screen" "$(of_pane '#{alternate_on}')" 0
typed fg
keys Enter
expect "1 of 6"
keys j
expect "2 of 6"
is "the alternate screen" "$(of_pane '#{alternate_on}')" 1
keys Q
until_true "the shell" eval '[ "$(of_pane "#{alternate_on}")" = 0 ]'
typed "exit 0"
keys Enter
console_ended 0

# The terminal goes away: so does the console.
console_start 80x24
expect " of 448"
in_tmux kill-session -t console
gone() { ! kill -0 "$(pid)" 2>/dev/null; }
until_true "the console's end" gone

# Where there is no terminal, or none that is known, it says so.
"$build/espial" </dev/null >"$scratch/out" 2>&1 && fail "it opened on no terminal"
grep -q "not a terminal" "$scratch/out" || fail "$(cat "$scratch/out")"
console_start 80x24 "TERM=nonsense '$build/espial'"
expect "TERM"
until_true "the console's end" has_ended
[ "$(cat "$scratch/status")" != 0 ] || fail "exit code 0"
for term in xterm vt100 linux screen; do
	console_start 80x24 "TERM=$term exec '$build/espial'"
	expect " of 448"
	keys j Q
	console_ended 0
done
