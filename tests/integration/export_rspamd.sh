#!/usr/bin/env bash
# The export for rspamd, in rspamd: configtest accepts it, and a scan over a socket of the test's own
# finds what the tests of the rules say. No DNS, no port.
# shellcheck source=tests/integration/export.bash
. "$(dirname "$0")/export.bash"
needs rspamd rspamd
needs rspamadm rspamd
needs rspamc rspamd
make_ruleset
make_store
conf=$scratch/conf
export_to "$conf" rspamd --min-messages 1
[ "$(grep -c "^config\['regexp'\]\['ESPIAL_.*" "$conf/espial.lua")" -gt 500 ] || fail "too few rules"
[ "$(grep -c " $commit\$" "$conf/espial.lua")" = "$(grep -c '^  re = "espial_urls=' "$conf/espial.lua")" ] ||
	fail "a rule has no trace"

# R_DKIM_ALLOW stands in for the dkim module, which would ask DNS.
cat >"$conf/rspamd.lua" <<'EOF'
require "global_functions" ()
config['regexp'] = {}
dofile(rspamd_paths['LOCAL_CONFDIR'] .. '/espial.lua')
rspamd_config:register_symbol{name = 'R_DKIM_ALLOW', type = 'normal', callback = function(task)
  local signer = task:get_header('X-Test-Signer')
  if signer then return true, 1.0, signer .. ':s=test' end
end}
EOF
# Its own list of suffixes takes a minute to load.
test_urls >"$scratch/urls"
sed 's,^[^ ]* [^ ]* [^:]*://,,; s,[/?#:].*,,; s,.*[.@],,' "$scratch/urls" | grep '[a-z]' | sort -u >"$conf/suffixes"
mkdir "$scratch/run"
cat >"$conf/rspamd.conf" <<'EOF'
options {
  filters = "regexp";
  url_tld = "$LOCAL_CONFDIR/suffixes";
  tempdir = "$DBDIR"; pidfile = "$DBDIR/pid"; history_file = "$DBDIR/history";
  hs_cache_dir = "$DBDIR"; cache_file = "$DBDIR/symbols"; disable_hyperscan = true;
  dns { nameserver = ["127.0.0.1:1"]; timeout = 0.1s; retransmits = 1; }
}
logging { type = "console"; level = "warning"; }
worker "normal" { bind_socket = "$DBDIR/socket"; count = 1; }
lua = "$LOCAL_CONFDIR/rspamd.lua";
modules { path = "$PLUGINSDIR/multimap.lua"; }
regexp { }
multimap { .include "$LOCAL_CONFDIR/espial-multimap.conf" }
composites { .include "$LOCAL_CONFDIR/espial-composites.conf" }
group "espial" { }
actions { reject = 1000; }
EOF
vars=(--var="LOCAL_CONFDIR=$conf" --var="DBDIR=$scratch/run")
rspamadm "${vars[@]}" configtest -c "$conf/rspamd.conf" >"$scratch/said" 2>&1 ||
	fail "configtest: $(cat "$scratch/said")"
[ "$(grep -v 'no symbol groups defined' "$scratch/said")" = 'syntax OK' ] ||
	fail "configtest says: $(cat "$scratch/said")"

# -i: as root, too. It ends with the test, or after two minutes.
timeout 120 rspamd -f -i -c "$conf/rspamd.conf" "${vars[@]}" >"$scratch/log" 2>&1 &
daemon=$!
# timeout leads a process group; asked politely, rspamd first compiles what nobody will use.
trap 'kill -KILL -- "-$daemon" 2>/dev/null; wait "$daemon" 2>/dev/null || :; rm -rf "$scratch"' EXIT
for ((i = 0; i < 600; i++)); do
	[ -S "$scratch/run/socket" ] && break
	kill -0 "$daemon" 2>/dev/null || fail "rspamd does not start: $(cat "$scratch/log")"
	sleep 0.05
done
scan() { # FILE OPTION… → symbols, one a line
	local file=$1
	shift
	timeout 30 rspamc -h "$scratch/run/socket" "$@" <"$file" 2>&1 |
		sed -n 's/^Symbol: \([A-Z0-9_]*\).*/\1/p'
}
has() { grep -qxF "$1" "$scratch/symbols"; }

# The tests of every tenth rule. In HTML rspamd undoes some escapes first, and the export says of
# which rules it then misses links: those are looked for in text, where rspamd ends URLs early.
awk -v quote="'" '/^-- .*\/.* '"$commit"'$/ { id = $2 } /^config/ && id { split($0, part, quote); print id, part[4]; id = "" }' \
	"$conf/espial.lua" | awk 'NR % 10 == 1' >"$scratch/rules"
[ "$(wc -l <"$scratch/rules")" -ge 60 ] || fail "too few rules"
while read -r id symbol; do
	type=html
	! grep -q "^espial: left out: $id: not found in HTML" "$scratch/left-out" || type=text
	for what in match no_match; do
		awk -v what="$what" -v id="$id" '$1 == what && $2 == id { print $3 }' "$scratch/urls" |
			"as_$type" | mail "$what $id" "${type/text/plain}" >"$scratch/mail.eml"
		scan "$scratch/mail.eml" >"$scratch/symbols"
		if [ $what = match ]; then
			has "$symbol" || fail "$id: $symbol is not found"
		else
			! has "$symbol" || fail "$id: $symbol is found where it must not"
		fi
	done
done <"$scratch/rules"

# Fixtures: spam with a link of an ESP that another network sent, and ordinary mail.
spam=tests/fixtures/demo/spam/spam-mandrill-crypto.eml
from() { scan "$1" -i "$2" --hostname="$3" >"$scratch/symbols"; }
from $spam 203.0.113.45 mail.bulk.example
has ESPIAL_MANDRILL_CLICK || fail "the mandrill link is not found"
has ESPIAL_OFF_MANDRILL || fail "the mandrill link is not known to be off the network"
from $spam 198.2.128.1 mail.bulk.example
has ESPIAL_NET_MANDRILL && ! has ESPIAL_OFF_MANDRILL || fail "mandrill's network is not known"
from $spam 203.0.113.45 mail1.mandrillapp.com
has ESPIAL_RDNS_MANDRILL && ! has ESPIAL_OFF_MANDRILL || fail "mandrill's host is not known"
{ echo 'X-Test-Signer: mandrillapp.com'; cat $spam; } >"$scratch/signed.eml"
from "$scratch/signed.eml" 203.0.113.45 mail.bulk.example
has ESPIAL_DKIM_MANDRILL && ! has ESPIAL_OFF_MANDRILL || fail "mandrill's signature is not known"
{ echo 'List-Post: <mailto:list@example.org>'; cat $spam; } >"$scratch/list.eml"
from "$scratch/list.eml" 203.0.113.45 mail.bulk.example
has ESPIAL_OFF_MANDRILL && fail "a mailing list is off the network"
from tests/fixtures/demo/inbox/personal-plain.eml 203.0.113.45 mail.bulk.example
grep -v 'ESPIAL_RELAY' "$scratch/symbols" | grep ESPIAL && fail "ordinary mail is hit"

# Landing domains.
for case in 'https://www.evil.example/x yes' 'https://www.evil.example.org/ no' \
	'https://www.sendgrid.net/ no'; do
	echo "${case% *}" | as_html | mail landing html >"$scratch/mail.eml"
	scan "$scratch/mail.eml" >"$scratch/symbols"
	[ "$(has ESPIAL_LANDING && echo yes || echo no)" = "${case##* }" ] || fail "landing: $case"
done
grep -v 'no symbol groups\|controller worker is unconfigured\|loading configuration' "$scratch/log" |
	grep -i 'error\|cannot\|invalid' >&2 && fail "rspamd complains"
exit 0
