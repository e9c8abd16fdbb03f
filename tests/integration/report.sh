#!/usr/bin/env bash
# espial report: what it writes, sends and remembers, and when it does none of that.
set -eu
cd "$(dirname "$0")/../.."
build=${BUILD:-build}
case $build in /*) ;; *) build=$PWD/$build ;; esac
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() { echo "report: $*" >&2; exit 1; }
is() { # WHAT FOUND EXPECTED
	[ "$2" = "$3" ] || fail "$1 is
$2
expected
$3"
}
# report STATUS ARGUMENT…: into the files out and err
report() {
	local expected=$1 status=0
	shift
	"$build/espial" report "$@" >"$scratch/out" 2>"$scratch/err" </dev/null || status=$?
	[ $status = "$expected" ] || fail "report $*: exit status $status
$(cat "$scratch/err")"
}
says() { grep -qF -- "$2" "$scratch/$1" || fail "$1 does not say \"$2\":
$(cat "$scratch/$1")"; }
history() { git -C "$XDG_DATA_HOME/espial/ruleset" log --format=%s -- reports 2>/dev/null || :; }

BUILD=$build tests/demo --prepare --fresh "$scratch/demo" >"$scratch/env"
# shellcheck disable=SC1091
. "$scratch/env"
cd "$scratch"
cat >mailer <<'END'
#!/bin/sh
printf '%s\n' "$@" >"$scratch/arguments"
cat >"$scratch/sent"
exit "$(cat "$scratch/status" 2>/dev/null || echo 0)"
END
chmod +x mailer
export scratch
notmuch config set espial.sendmail "$scratch/mailer -oi -t"

# Who could be reported.
report 0
says out "sendgrid                        5        1        1  -"

# Without a sender there is the text, and nothing else.
report 0 --esp sendgrid
says out "5 sent from outside your network: reported here"
report 2 --esp sendgrid --arf nameless.eml
says err "espial.report_from"
[ ! -e nameless.eml ] || fail "a mail without a sender was written"
notmuch config set espial.report_from 'Example Trap Desk <desk@trapdesk.example>'

# A dry run leaves nothing.
report 0 --esp sendgrid --text t --arf a --xarf x --send --dry-run
says err "nothing was written or sent"
[ ! -e t ] && [ ! -e a ] && [ ! -e x ] && [ ! -e sent ] || fail "a dry run wrote or sent something"
is "the history" "$(history)" ""

# Files, once.
report 0 --esp sendgrid --account 10000042 --text t --arf a --xarf x
grep -q '^Account        10000042$' t || fail "the text is of another account"
grep -q '^Feedback-Type: abuse$' a || fail "the mail holds no feedback report"
jq -e '.category == "messaging" and .espial.messages.off_network == 2' x >/dev/null || fail "XARF: $(cat x)"
is "the text" "$(stat -c %a t)" 600
is "the history" "$(history)" "sendgrid: report account 10000042 (2 messages)"
report 2 --esp sendgrid --account 10000042 --text t
says err "move it away"
is "the history" "$(history)" "sendgrid: report account 10000042 (2 messages)"
report 0
grep -qE '^sendgrid .* [0-9]{4}-[0-9]{2}-[0-9]{2}$' out || fail "the list does not know of the report: $(cat out)"

# What is of some days, and of networks that are not known.
report 0 --esp sendgrid --since 2026-10-05 --until 2026-10-31
says out "Period         2026-10-16 to 2026-10-28 (UTC)"
report 0 --esp sendgrid --include-unknown
says out "1 sent from unknown networks: reported here"
report 2 --esp sendgrid --account nobody
says err "no message to report"
report 2 --esp nobody
says err "nobody: no such provider"

# Tokens go where they may identify somebody.
report 0 --esp sendgrid --redact-tokens
says out "/ls/click?upn=REDACTED"

# Nothing is sent that was not confirmed.
report 2 --esp mailgun --send
says err "--yes"
[ ! -e sent ] || fail "a report was sent without being confirmed"
printf 'n\n' | script -qec "$build/espial report --esp mailgun --send" /dev/null >out || :
says out "Send this report to abuse@mailgun.com: 1 message, as Example Trap Desk <desk@trapdesk.example>? (y/n)"
[ ! -e sent ] || fail "a report was sent that was refused"

# A mail system that fails is told of, and nothing is remembered.
echo 75 >status
report 2 --esp mailgun --send --yes
says err "exit status 75"
is "the history" "$(history)" "sendgrid: report account 10000042 (2 messages)"
rm status
report 0 --esp mailgun --send --yes
is "the arguments" "$(cat arguments)" "-oi
-t"
grep -q '^To: abuse@mailgun.com$' sent || fail "the mail goes to somebody else"
history | head -n 1 | grep -qE '^mailgun: report .*\(1 message\)$' || fail "not remembered: $(history)"

# The recipient is nowhere, and the ruleset is as good as before.
! grep -qriF -e analyst@example.org -e YW5hbHlzdEBleGFtcGxlLm9y t a x sent || fail "the recipient is shown"
"$build/espial" rules check >out 2>&1 || fail "rules check: $(cat out)"
is "git status" "$(git -C "$XDG_DATA_HOME/espial/ruleset" status --porcelain)" ""

# What is no command line.
report 2 --account x
says err "which provider"
report 2 --esp sendgrid --since yesterday
says err "a day is written"
report 2 --esp sendgrid more
says err "usage: espial report"
report 0 --help
says out "--redact-tokens"
