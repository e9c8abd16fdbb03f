#!/usr/bin/env bash
# The exports for DNS: named-checkzone accepts the zone, and it holds the landing domains of the
# labelled mail that are to be blocked, and no others.
# shellcheck source=tests/integration/export.bash
. "$(dirname "$0")/export.bash"
make_ruleset
make_store
espial() { "$build/espial" --ruleset "$ruleset" "$@"; }
code() { # EXPECTED COMMAND…
	local expected=$1 got=0
	shift
	"$@" >"$scratch/printed" 2>"$scratch/said" || got=$?
	[ "$got" = "$expected" ] || fail "exit code $got, not $expected: $*: $(cat "$scratch/said")"
}
landings() { awk '$2 == "CNAME" && $1 !~ /^\*/ { print $1 }' "$1/espial.rpz"; }

# What the messages lead to, by what is told of their links.
espial scan tag:tracker | jq -r 'select(.landing_domain) | "\(.landing_domain) \(.message_id)"' |
	sort -u >"$scratch/pairs"
expected() { # MIN-MESSAGES
	cut -d' ' -f1 "$scratch/pairs" | sort | uniq -c | awk -v least="$1" '$1 >= least { print $2 }'
}
export_to "$scratch/one" rpz --min-messages 1
landings "$scratch/one" >"$scratch/found"
left() { sed -n 's/^espial: left out: \([^ ]*\): not blocked: .*/\1/p' "$scratch/left-out"; }
{ cat "$scratch/found"; left; } | sort >"$scratch/all"
expected 1 | diff - "$scratch/all" >&2 || fail "not the landing domains of the mail"
[ "$(wc -l <"$scratch/found")" -ge 5 ] || fail "too few landing domains"
for domain in sendgrid.net newesp.example; do
	grep -qxF "$domain" "$scratch/found" && fail "$domain is blocked"
	left | grep -qxF "$domain" || fail "it is not said that $domain is not blocked"
done

# With more evidence there are fewer; each comes with its evidence and rules.
export_to "$scratch/three" rpz --min-messages 3
landings "$scratch/three" >"$scratch/found"
{ cat "$scratch/found"; left; } | sort | diff <(expected 3) - >&2 || fail "--min-messages"
while read -r domain; do
	messages=$(grep -c "^$domain " "$scratch/pairs")
	awk -v domain="$domain" '/^$/ { block = "" } { block = block $0 "\n" }
		$1 == domain { printf "%s", block }' "$scratch/three/espial.rpz" >"$scratch/block"
	grep -q "^; $messages messages, [0-9]* off-network, 20..-..-.. to 20..-..-..$" "$scratch/block" ||
		fail "$domain: no evidence: $(cat "$scratch/block")"
	grep -q "^; [a-z0-9-]*/[a-z0-9-]* $commit\$" "$scratch/block" || fail "$domain: no rule"
	grep -qxF "*.$domain CNAME ." "$scratch/three/espial.rpz" || fail "$domain: not the names under it"
done <"$scratch/found"

# Ordinary mail is no evidence, unless one asks for it; the off-network verdict counts.
export_to "$scratch/inbox" rpz --min-messages 1 --query 'tag:inbox and not tag:tracker'
landings "$scratch/inbox" >"$scratch/found"
[ -s "$scratch/found" ] || fail "ordinary mail leads nowhere"
grep -qxFf "$scratch/found" <(landings "$scratch/one") && fail "ordinary mail counts"
landings "$scratch/one" >"$scratch/found"
export_to "$scratch/off" rpz --min-messages 1 --off-network
[ "$(landings "$scratch/off" | wc -l)" -gt 0 ] || fail "nothing off the network"
landings "$scratch/off" | sort | comm -23 - <(landings "$scratch/one" | sort) >"$scratch/more"
[ ! -s "$scratch/more" ] || fail "--off-network finds more"

# Allowed: by the ruleset, by a file, because it is a provider's; also what is above an allowed name.
domain=$(head -n 1 "$scratch/found")
echo "deep.$domain" >"$scratch/allow"
export_to "$scratch/allowed" rpz --min-messages 1 --allow "$scratch/allow"
landings "$scratch/allowed" | grep -qxF "$domain" && fail "an allowed domain is blocked"
grep -qF "left out: $domain: not blocked: deep.$domain is in $scratch/allow" \
	"$scratch/left-out" || fail "it is not said why: $(cat "$scratch/left-out")"
echo 'no domain' >>"$scratch/allow"
code 2 espial rules export --allow "$scratch/allow" rpz
code 2 espial rules export --allow "$scratch/nothing" rpz
grep -q nothing "$scratch/said" || fail "a missing file of allowed domains is not told"

# A file for /etc/hosts.
export_to "$scratch/hosts" hosts --min-messages 1
grep -v '^#' "$scratch/hosts/espial.hosts" | grep . | sort >"$scratch/lines"
landings "$scratch/one" | awk '{ print "0.0.0.0 " $1; print "0.0.0.0 www." $1 }' | sort |
	diff - "$scratch/lines" >&2 || fail "the hosts file"

# One file can go to standard output; the command line.
espial rules export --quiet --min-messages 1 rpz >"$scratch/printed" 2>"$scratch/said"
cmp "$scratch/printed" "$scratch/one/espial.rpz"
[ ! -s "$scratch/said" ] || fail "--quiet says $(cat "$scratch/said")"
code 2 espial rules export
code 2 espial rules export nothing
code 2 espial rules export rspamd
grep -q -- --output "$scratch/said" || fail "it is not said that there are several files"
code 2 espial rules export --min-messages 0 rpz
code 2 espial rules export --zone 'a b' rpz
code 2 espial rules export --score esp=much json
code 2 espial rules export --directory '/etc/"' rspamd
code 2 espial rules export --query 'date:nonsense..' rpz
code 0 espial rules export --help
grep -q '^  rpz ' "$scratch/printed" || fail "--help"
code 2 espial rules export --output /dev/null/x rpz

needs named-checkzone bind9-utils
for dir in one three inbox off allowed; do
	named-checkzone -q rpz.espial "$scratch/$dir/espial.rpz" || fail "named-checkzone: $dir"
done
export_to "$scratch/zone" rpz --min-messages 1 --zone block.example.net
named-checkzone -D -o "$scratch/compiled" block.example.net "$scratch/zone/espial.rpz" >/dev/null ||
	fail "named-checkzone -D"
while read -r domain; do
	for name in "$domain" "*.$domain"; do
		grep -q "^$(printf %s "$name" | sed 's/[.*]/\\&/g')\.block\.example\.net\.[[:space:]].*CNAME[[:space:]]*\.$" \
			"$scratch/compiled" || fail "$name is not in the zone as BIND reads it"
	done
done < <(landings "$scratch/zone")
