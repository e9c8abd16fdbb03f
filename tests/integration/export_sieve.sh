#!/usr/bin/env bash
# The export for Sieve: sievec compiles it, and sieve-test sets the flags.
# shellcheck source=tests/integration/export.bash
. "$(dirname "$0")/export.bash"
needs sievec dovecot-sieve
needs sieve-test dovecot-sieve
make_ruleset
make_store
export_to "$scratch/sieve" sieve --min-messages 1
script=$scratch/sieve/espial.sieve
[ "$(($(grep -c 'no test of the body' "$scratch/left-out") + $(grep -c "^  # .*/.* $commit\$" "$script")))" -ge \
	"$(grep -Elr '^status: stable$' "$ruleset/trackers" | wc -l)" ] || fail "rules are missing"

# Dovecot does nothing as root.
user=$(id -un) group=$(id -gn)
if [ "$(id -u)" = 0 ]; then
	user=nobody group=nogroup
fi
cat >"$scratch/dovecot.conf" <<EOF
mail_uid = $user
mail_gid = $group
first_valid_uid = 1
first_valid_gid = 1
mail_home = $scratch/home
log_path = /dev/stderr
EOF
mkdir "$scratch/home" "$scratch/mail" "$scratch/mails"
chmod 755 "$scratch" "$scratch/sieve" "$scratch/mails"
[ "$user" = "$(id -un)" ] || chown "$user" "$scratch/home" "$scratch/mail" "$scratch/sieve"
sievec -c "$scratch/dovecot.conf" "$script" "$scratch/sieve/espial.svbin" >"$scratch/said" 2>&1 ||
	fail "sievec: $(cat "$scratch/said")"
chmod 644 "$script" "$scratch/sieve/espial.svbin"
[ ! -s "$scratch/said" ] || fail "sievec says: $(cat "$scratch/said")"
flags() {
	sieve-test -c "$scratch/dovecot.conf" -l "maildir:$scratch/mail" "$script" "$1" \
		2>&1 | sed -n 's/.*add IMAP flags: //p'
}

# The tests of every fifth rule that is in the script, as HTML and as text.
test_urls >"$scratch/urls"
sed "/i;ascii-casemap/,\$d" "$script" | sed -n "s/^  # \(.*\/.*\) $commit\$/\1/p" | awk 'NR % 5 == 1' |
	grep -Fxf <(cut -d' ' -f2 "$scratch/urls" | sort -u) >"$scratch/ids"
[ "$(wc -l <"$scratch/ids")" -ge 60 ] || fail "too few rules"
while read -r id; do
	for type in html text; do
		awk -v id="$id" '$1 == "match" && $2 == id && !/'"'"'/ { print $3; exit }' "$scratch/urls" |
			"as_$type" | mail match "${type/text/plain}" >"$scratch/mails/match.eml"
		[[ " $(flags "$scratch/mails/match.eml") " = *" espial-${id%/*} "* ]] ||
			fail "$id is not flagged as $type: $(flags "$scratch/mails/match.eml")"
	done
done <"$scratch/ids"

# Fixtures: spam, and mail without a tracker.
cp tests/fixtures/demo/spam/spam-mandrill-crypto.eml tests/fixtures/demo/inbox/personal-plain.eml \
	"$scratch/mails"
[[ " $(flags "$scratch/mails/spam-mandrill-crypto.eml") " = *" espial-mandrill "* ]] ||
	fail "the mandrill link is not flagged"
[ -z "$(flags "$scratch/mails/personal-plain.eml")" ] || fail "ordinary mail is flagged"

# Landing domains, and what only looks like one.
domain=$(sed -n "/addflag \"espial-landing\"/q; s/^  \"https?:.*\[\.@\])?\(.*\)(\[^-.@0-9a-z_\]|\\$)\",\?$/\1/p" \
	"$script" | sed 's/\\\\//g' | head -n 1)
[ -n "$domain" ] || fail "no landing domain"
landing() {
	echo "$1" | as_html | mail landing html >"$scratch/mails/landing.eml"
	[[ " $(flags "$scratch/mails/landing.eml") " = *" espial-landing "* ]]
}
landing "https://www.$domain/x" || fail "$domain is not flagged"
landing "http://user@$domain:80" || fail "$domain with a port is not flagged"
! landing "https://not$domain/" || fail "another domain is flagged"
! landing "https://$domain.example.org/" || fail "a domain under another is flagged"
! landing "https://www.example.org/$domain" || fail "a path is flagged"
