#!/usr/bin/env bash
# espial rules: check and stats of the catalogue and of a ruleset with a bad file and a slow rule,
# and what a slow rule does to decode and scan.
set -eu
cd "$(dirname "$0")/../.."
build=${BUILD:-build}
case $build in /*) ;; *) build=$PWD/$build ;; esac
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "rules_command: $*" >&2; exit 1; }
espial() { "$build/espial" "$@"; }
code() { # EXPECTED COMMAND…
	local expected=$1 got=0
	shift
	"$@" || got=$?
	[ "$got" = "$expected" ] || fail "exit code $got, not $expected: $*"
}
number() { awk -v name="$1" '$1 == name { print $2 }' "$scratch/stats"; }

# The figures add up, and are those of the files.
code 0 espial rules stats rules/catalogue >"$scratch/stats"
[ "$(number providers)" = "$(find rules/catalogue/esps -name '*.yaml' | wc -l)" ] || fail "providers"
[ "$(number rules)" = "$(find rules/catalogue/trackers -name '*.yaml' | wc -l)" ] || fail "rules"
[ "$(($(number esp) + $(number mailer) + $(number kit) + $(number wrapper) + $(number redirector) + \
	$(number shortener)))" = "$(number providers)" ] || fail "kinds"
[ "$(($(number draft) + $(number stable) + $(number retired)))" = "$(number rules)" ] || fail "statuses"
[ "$(number opaque)" = "$(grep -rl '^decode: opaque$' rules/catalogue/trackers | wc -l)" ] || fail "opaque"
[ "$(($(number decoded) + $(number opaque)))" = "$(number rules)" ] || fail "decoded"
[ "$(($(number match) + $(number no_match)))" = "$(number tests)" ] || fail "tests"
[ "$(number match)" = "$(grep -rhc '^    - url: ' rules/catalogue/trackers | awk '{ n += $1 } END { print n }')" ] || fail "match"

# A bad file is left out and said; the others are counted.
own=$scratch/ruleset
mkdir -p "$own/esps" "$own/trackers/acme"
printf 'id: acme\nname: Acme\nkind: kit\n' >"$own/esps/acme.yaml"
rule() { # NAME PATH URL
	printf '%s\n' "id: acme/$1" 'esp: acme' 'status: stable' 'match:' "  path: '$2'" 'decode: opaque' \
		'references:' '  - seen in the wild' 'tests:' '  match:' "    - url: $3" '      next: opaque' \
		'  no_match:' '    - https://www.example.com/' >"$own/trackers/acme/$1.yaml"
}
rule good '^/good/\d+$' https://t.example.com/good/1
code 0 espial rules check "$own" >/dev/null
echo 'id: [' >"$own/trackers/acme/bad.yaml"
code 1 espial rules stats "$own" >"$scratch/stats" 2>"$scratch/said"
[ "$(number rules)" = 1 ] || fail "the good rule is not counted"
grep -q '^trackers/acme/bad.yaml:' "$scratch/said" || fail "the bad file is not told"
rm "$own/trackers/acme/bad.yaml"

# A slow rule is found by the check, is quarantined where it is slow, and is told.
rule slow '^/((a+)+)+$' https://t.example.com/aaa
code 1 espial rules check "$own" >"$scratch/said"
grep -q "^trackers/acme/slow.yaml: the pattern of 'path' hits the match limit" "$scratch/said" ||
	fail "the slow rule passes the check"
bomb=https://t.example.com/$(printf 'a%.0s' {1..500})!b
code 0 espial --ruleset "$own" decode https://t.example.com/aaa "$bomb" https://t.example.com/aa \
	https://t.example.com/good/7 >"$scratch/decoded" 2>"$scratch/said"
[ "$(grep -c acme/slow "$scratch/decoded")" = 1 ] || fail "the slow rule is not out of use"
[ "$(grep -c acme/good "$scratch/decoded")" = 1 ] || fail "the good rule is out of use"
grep -q '^espial: trackers/acme/slow.yaml: .*quarantined$' "$scratch/said" || fail "decode says nothing"
for i in 1 2; do
	printf 'From: a@example.com\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/plain\n\n%s\n' "$bomb" \
		>"$scratch/$i.eml"
done
code 0 espial --ruleset "$own" scan "$scratch/1.eml" "$scratch/2.eml" >/dev/null 2>"$scratch/said"
[ "$(grep -c quarantined "$scratch/said")" = 1 ] || fail "scan does not say it once"

# What is no command line.
code 2 espial rules 2>/dev/null
code 2 espial rules stats a b 2>/dev/null
code 2 espial rules stats "$scratch/none" 2>/dev/null
espial --help | grep -q '^  rules stats \[DIR\] ' || fail "--help does not tell of stats"
