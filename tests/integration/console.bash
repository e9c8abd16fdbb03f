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
trap 'tmux -S "$scratch/tmux" kill-server 2>/dev/null; rm -rf "$scratch"' EXIT
# Tries of 50 ms each.
patience=${PATIENCE:-600}

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

# console_start WIDTHxHEIGHT [COMMAND]: opens the console, or a command, on a terminal of that size.
console_start() {
	in_tmux kill-session -t console 2>/dev/null || :
	in_tmux new-session -d -s console -x "${1%x*}" -y "${1#*x}" "${2:-$build/espial}" \; \
		set-option -w remain-on-exit on \; set-option -s escape-time 0
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

has_ended() { [ "$(in_tmux display-message -p -t console '#{pane_dead}')" = 1 ]; }
# console_ended STATUS: waits for the end of what runs in the terminal.
console_ended() {
	local status
	until_true "the console's end" has_ended
	status=$(in_tmux display-message -p -t console '#{pane_dead_status}')
	[ "$status" = "$1" ] || fail "exit code $status, expected $1"
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
