# Sourced by the tests that drive the console in a real terminal: a tmux server of the test's own,
# the demo store, and keys. Nothing sleeps for a fixed time: whatever is waited for is polled, and
# fails with the screen when it does not come.
# shellcheck shell=bash
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${BUILD:-build}
case $build in /*) ;; *) build=$PWD/$build ;; esac
command -v tmux >/dev/null || { echo "tmux is not installed"; exit 77; }
scratch=$(mktemp -d)
trap tidy EXIT
# Tries of 50 ms each.
patience=${PATIENCE:-600}

tidy() {
	in_tmux kill-server 2>/dev/null
	for ((i = 0; i < patience; i++)); do
		[ -e "$scratch/pid" ] && kill -0 "$(cat "$scratch/pid")" 2>/dev/null || break
		sleep 0.05
	done
	rm -rf "$scratch"
}

in_tmux() { tmux -S "$scratch/tmux" -f /dev/null -u "$@"; }

screen() { in_tmux capture-pane -p -t console 2>/dev/null; }

fail() {
	echo "$(basename "$0" .sh): $*" >&2
	echo "the screen:" >&2
	screen | sed 's/^/    |/' >&2
	exit 1
}

# A fresh demo; the ruleset is made from the catalogue when the console first opens.
demo_start() {
	tests/demo --prepare --fresh "$scratch/demo" >"$scratch/env"
	# shellcheck disable=SC1091
	. "$scratch/env"
	ruleset=$XDG_DATA_HOME/espial/ruleset
	drafts=$XDG_DATA_HOME/espial/drafts
}

# console_start WIDTHxHEIGHT [COMMAND]: opens the console, or a shell command, on a terminal of that
# size. Its process is in the file `pid`.
console_start() {
	rm -f "$scratch/status" "$scratch/pid"
	in_tmux kill-session -t console 2>/dev/null || :
	in_tmux new-session -d -s console -x "${1%x*}" -y "${1#*x}" \
		-e "scratch=$scratch" -e "command=${2:-exec '$build/espial'}" '
		stty -g >"$scratch/before"
		sh -c "echo \$\$ >$scratch/pid; $command"
		echo $? >"$scratch/status.new"
		stty -g >"$scratch/after"
		mv "$scratch/status.new" "$scratch/status"
		sleep 600' \; set-option -s escape-time 0 \; set-option -s exit-empty off
}

keys() { in_tmux send-keys -t console "$@"; }
typed() { in_tmux send-keys -t console -l -- "$1"; }

# until_true WHAT COMMAND…: polls until the command succeeds.
until_true() {
	local what=$1 i
	shift
	for ((i = 0; i < patience; i++)); do
		"$@" && return
		sleep 0.05
	done
	fail "waited in vain: $what"
}

shows() { screen | grep -qF -- "$1"; }
shows_not() { ! shows "$1"; }
expect() { until_true "$1" shows "$1"; }
refuse() { until_true "no $1" shows_not "$1"; }

of_pane() { in_tmux display-message -p -t console "$1"; }
has_ended() { [ -e "$scratch/status" ]; }
# console_ended STATUS: waits for the end of the console, and checks that it left the terminal as it
# was: its modes, the screen that was there before, the cursor.
console_ended() {
	until_true "the console's end" has_ended
	is "the exit code" "$(cat "$scratch/status")" "$1"
	is "the terminal's modes" "$(cat "$scratch/after")" "$(cat "$scratch/before")"
	is "the alternate screen" "$(of_pane '#{alternate_on}')" 0
	is "the cursor" "$(of_pane '#{cursor_flag}')" 1
}

is() { # WHAT FOUND EXPECTED
	[ "$2" = "$3" ] || fail "$1 is
$2
expected
$3"
}
in_ruleset() { git -C "$ruleset" "$@"; }
tags_of_all() { notmuch dump | sed 1d | sort; }
ids() { notmuch search --output=messages -- "$1" | sort; }

# The rows of query:invoice, newest first, are the mails of the provider that no rule knows; this one
# is the fourth.
newcomer=spam-newesp-invoice-7731@pay.example
# From the first screen to the newcomer's mail.
open_newcomer() {
	expect " of 48"
	query query:invoice "1 of 6"
	keys j j j Enter
	expect "<$newcomer>"
	expect "https://click.newesp.example/t/492d"
}
# From the mail to the draft of a rule.
draft_new_esp() {
	keys l
	expect "Whose link is number 1"
	typed "New ESP"
	expect "new provider: New ESP"
	keys Enter
	expect "New rule new-esp/t"
	expect "new provider New ESP"
}
query() { # QUERY, what the screen then shows
	keys /
	expect "Query:"
	keys C-u
	typed "$1"
	keys Enter
	expect "$2"
}
answer() { # the question, the key
	expect "$1"
	expect "(y/n)"
	keys "$2"
	refuse "(y/n)"
}
