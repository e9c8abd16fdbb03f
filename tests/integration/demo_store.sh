#!/usr/bin/env bash
# The demo store: notmuch indexes every fixture, and what the demo shows is in it.
set -eu
cd "$(dirname "$0")/../.."
build=${BUILD:-build}
case $build in /*) ;; *) build=$PWD/$build ;; esac
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "demo_store: $*" >&2; exit 1; }
count_is() { # EXPECTED QUERY
	local found
	found=$(notmuch count -- "$2")
	[ "$found" = "$1" ] || fail "$2: $found messages, expected $1"
}

tests/demo --prepare "$scratch/demo" >"$scratch/env"
# shellcheck disable=SC1091
. "$scratch/env"
case $NOTMUCH_CONFIG in "$scratch"/*) ;; *) fail "the demo uses $NOTMUCH_CONFIG" ;; esac
fixtures=$(find tests/fixtures/demo -name '*.eml' | wc -l)
[ "$fixtures" -ge 45 ] || fail "only $fixtures fixtures"
count_is "$fixtures" '*'
count_is "$(find tests/fixtures/demo/spam -name '*.eml' | wc -l)" tag:spam
count_is 6 query:invoice
[ "$(notmuch search --output=files -- '*' | wc -l)" = "$fixtures" ] || fail "files were left out"

# Again: nothing is added, what was done stands; --fresh starts over.
notmuch tag +done -- query:invoice
tests/demo --prepare "$scratch/demo" >"$scratch/again"
cmp "$scratch/env" "$scratch/again"
count_is 6 tag:done
tests/demo --prepare --fresh "$scratch/demo" >/dev/null
count_is 0 tag:done
count_is "$fixtures" '*'

# No shipped rule knows the newcomer; every other spam that hides its landing plainly is decoded.
"$build/espial" --ruleset "$ESPIAL_DATADIR/catalogue" scan '*' >"$scratch/links"
jq -es 'map(select(.error)) == []' "$scratch/links" >/dev/null || fail "a fixture cannot be read"
newcomers='map(select(.url | test("^https://click\\.newesp\\.example/t/[0-9a-f]{24}/")))'
jq -es "$newcomers | (map(.message_id) | unique | length) == 6 and all(.hops == [])" \
	"$scratch/links" >/dev/null || fail "the links of the newcomer are not as expected"
jq -es "$newcomers | map(.url | split(\"/\")[4]) | unique | length >= 6" \
	"$scratch/links" >/dev/null || fail "the newcomer repeats its tokens"
jq -es 'map(select(.landing)) | all(.landing_domain | test("(^|[.])example([.](com|net|org))?$"))' \
	"$scratch/links" >/dev/null || fail "a landing is not on a documentation domain"
esps=$(jq -rs '[.[].hops[].esp] | unique | length' "$scratch/links")
[ "$esps" -ge 20 ] || fail "only $esps providers"
jq -es 'any(.signals | index("nested-tracker")) and any(.signals | index("deceptive-text"))' \
	"$scratch/links" >/dev/null || fail "signals are missing"
