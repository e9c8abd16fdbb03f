#!/usr/bin/env bash
# espial scan as a filter: names on stdin, several workers, GNU parallel, a reader that goes away, a
# worker that dies.
set -eu
cd "$(dirname "$0")/../.."
build=${BUILD:-build}
case $build in /*) ;; *) build=$PWD/$build ;; esac
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "scan_filter: $*" >&2; exit 1; }
scan() { "$build/espial" --ruleset rules/catalogue scan "$@"; }
code() { # EXPECTED COMMAND…
	local expected=$1 got=0
	shift
	"$@" || got=$?
	[ "$got" = "$expected" ] || fail "exit code $got, not $expected: $*"
}
same() { cmp "$1" "$2" || fail "$1 and $2 differ"; }
same_lines() { sort "$1" >"$1.sorted"; sort "$2" >"$2.sorted"; same "$1.sorted" "$2.sorted"; }
mails=$scratch/mails
mkdir "$mails"
cp -r tests/fixtures/demo/inbox tests/fixtures/demo/spam "$mails"

# What the other ways are held to.
scan "$mails" >"$scratch/all"
[ "$(wc -l <"$scratch/all")" -ge 80 ] || fail "too few records"
jq -es 'all(.file and .url)' "$scratch/all" >/dev/null || fail "a record has no link"

# Names on stdin: files, a directory, NUL-separated, without a last newline.
find "$mails" -name '*.eml' | sort >"$scratch/names"
scan --stdin <"$scratch/names" >"$scratch/stdin"
same "$scratch/all" "$scratch/stdin"
echo "$mails" | scan --stdin >"$scratch/dir"
same "$scratch/all" "$scratch/dir"
tr '\n' '\0' <"$scratch/names" | scan --stdin -0 >"$scratch/nul"
same "$scratch/all" "$scratch/nul"
printf '%s' "$(cat "$scratch/names")" | scan --stdin >"$scratch/unended"
same "$scratch/all" "$scratch/unended"
cp "$mails/spam/spam-shorteners.eml" "$scratch/"$'new\nline.eml'
printf '%s\0' "$scratch/"$'new\nline.eml' | scan --stdin --null >"$scratch/newline"
[ -s "$scratch/newline" ] || fail "a name with a newline is not read"

# Workers: the same records, each a whole line; --ordered: in the same order.
scan --jobs 3 "$mails" >"$scratch/jobs"
same_lines "$scratch/all" "$scratch/jobs"
for jobs in 2 5 0; do
	scan --jobs $jobs --ordered --stdin <"$scratch/names" >"$scratch/ordered"
	same "$scratch/all" "$scratch/ordered"
done
# The records of a mail stand together.
jq -r .file "$scratch/jobs" | uniq | sort | uniq -d | grep . && fail "mails are mixed up"

# What cannot be read is a record in its place, and shows in the exit code.
printf '\1\n\n' >"$scratch/junk"
{ head -n 3 "$scratch/names"; echo; echo "$scratch/none"; echo "$scratch/junk"
	head -c 70000 /dev/zero | tr '\0' x; echo; echo =odd; sed -n 4,6p "$scratch/names"; } >"$scratch/bad"
code 1 scan --stdin <"$scratch/bad" >"$scratch/bad1"
code 1 scan --stdin --jobs 2 --ordered <"$scratch/bad" >"$scratch/bad2"
same "$scratch/bad1" "$scratch/bad2"
[ "$(jq -s 'map(select(.error)) | length' "$scratch/bad1")" = 4 ] || fail "not four errors"
jq -es 'first.url and last.url' "$scratch/bad1" >/dev/null || fail "the run did not go on"
code 0 scan --stdin </dev/null

# A file that is gone does not make a query of the others.
code 1 scan "$mails/inbox" "$scratch/none" >"$scratch/gone"
[ "$(jq -s 'map(select(.error)) | length' "$scratch/gone")" = 1 ] || fail "not one error"
jq -es 'first.url' "$scratch/gone" >/dev/null || fail "the others were not read"

# The command line.
code 0 scan --help >"$scratch/help"
grep -q -- --ordered "$scratch/help" || fail "--help says little"
for wrong in "--jobs x $mails" "--jobs 257 $mails" "--jobs -1 $mails" "--stdin $mails" "--nonsense" ""; do
	# shellcheck disable=SC2086
	code 2 scan $wrong >/dev/null 2>&1
done

# A reader that goes away: quiet, and no worker stays.
for options in "" "--jobs 2"; do
	set +e
	# shellcheck disable=SC2086
	(for _ in 1 2 3 4 5 6; do cat "$scratch/names"; done | scan --stdin $options 2>"$scratch/err"; echo $? >"$scratch/rc") | head -n 1 >/dev/null
	set -e
	[ ! -s "$scratch/err" ] || fail "complains of the closed pipe: $(cat "$scratch/err")"
	[ "$(cat "$scratch/rc")" != 0 ] || fail "a closed pipe went unnoticed"
done
# Also where SIGPIPE is ignored, as under some parents.
set +e
(trap '' PIPE; for _ in 1 2 3 4 5 6; do cat "$scratch/names"; done | scan --stdin --jobs 2 2>"$scratch/err") | head -n 1 >/dev/null
set -e
[ ! -s "$scratch/err" ] || fail "complains of the closed pipe: $(cat "$scratch/err")"
# A full disk is no reader that went away.
code 2 scan "$mails" >/dev/full 2>"$scratch/err"
grep -q 'standard output' "$scratch/err" || fail "a full disk went unnoticed"

# As a coprocess: records come without the end of the input.
mkfifo "$scratch/in" "$scratch/out"
for jobs in 1 2; do
	scan --stdin --jobs $jobs <"$scratch/in" >"$scratch/out" &
	exec 8>"$scratch/in" 9<"$scratch/out"
	for i in 1 2 3; do
		sed -n "${i}p" "$scratch/names" >&8
		read -r -t 20 record <&9 || fail "no record before the end of the input"
		jq -e .file <<<"$record" >/dev/null || fail "no whole record: $record"
		# The rest of this mail.
		while read -r -t 0.3 record <&9; do :; done
	done
	exec 8>&-
	cat <&9 >/dev/null
	exec 9<&-
	wait $! || fail "the coprocess failed"
done

# A worker that dies: what it had at hand is named, the rest is done by another.
"$build/espial" --ruleset rules/catalogue scan --stdin --jobs 2 \
	<"$scratch/in" >"$scratch/survivors" &
pid=$!
exec 8>"$scratch/in"
head -n 2 "$scratch/names" >&8
for _ in $(seq 100); do
	[ "$(pgrep -cP $pid)" = 2 ] && break
	sleep 0.1
done
worker=$(pgrep -P $pid | head -n 1)
[ -n "$worker" ] || fail "no worker"
kill -STOP "$worker"
tail -n +3 "$scratch/names" >&8
sleep 0.5
kill -KILL "$worker"
exec 8>&-
code 1 wait $pid
jq -rs 'map(select(.error)) | length' "$scratch/survivors" | grep -qx 1 || fail "not one error of the dead worker"
jq -rs 'map(select(.error))[0].error' "$scratch/survivors" | grep -q 'signal 9' || fail "the signal is not named"
lost=$(jq -rs 'map(select(.error))[0].file' "$scratch/survivors")
grep -vF "\"file\":\"$lost\"" "$scratch/all" >"$scratch/all.rest"
grep -vF "\"file\":\"$lost\"" "$scratch/survivors" >"$scratch/survivors.rest" || true
same_lines "$scratch/all.rest" "$scratch/survivors.rest"

# GNU parallel hands out names as arguments, or cuts the list and pipes it.
command -v parallel >/dev/null || fail "parallel is not installed"
export -f scan && export build
parallel --will-cite -j 2 -n 7 scan <"$scratch/names" >"$scratch/parallel"
same_lines "$scratch/all" "$scratch/parallel"
parallel --will-cite -j 2 --keep-order -n 7 scan <"$scratch/names" >"$scratch/parallel"
same "$scratch/all" "$scratch/parallel"
parallel --will-cite -j 2 --keep-order --pipe -N 10 scan --stdin <"$scratch/names" >"$scratch/parallel"
same "$scratch/all" "$scratch/parallel"
parallel --will-cite -j 2 --pipe -N 10 scan --stdin <"$scratch/bad" >"$scratch/parallel" && fail "parallel hides the exit code"
same_lines "$scratch/bad1" "$scratch/parallel"
echo "scan_filter: $(wc -l <"$scratch/all") records every way"
