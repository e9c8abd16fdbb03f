#!/usr/bin/env bash
# The export for SpamAssassin, in SpamAssassin: it finds no fault with it, and the rules hit what the
# tests of the rules say, and nothing else.
# shellcheck source=tests/integration/export.bash
. "$(dirname "$0")/export.bash"
needs spamassassin spamassassin
make_ruleset
make_store
site=$scratch/site
export_to "$site" spamassassin --min-messages 1
cp /etc/spamassassin/*.pre "$site" 2>/dev/null || cp /etc/mail/spamassassin/*.pre "$site"
printf 'fold_headers 0\nreport_safe 0\nuse_bayes 0\nadd_header all Tests _TESTS(,)_\nutil_rb_tld example\n' \
	>"$site/local.cf"
run() { spamassassin -L -x --siteconfigpath "$site" "$@"; }

# As it comes with Debian's own rules.
run --lint >"$scratch/lint" 2>&1 || fail "--lint: $(cat "$scratch/lint")"
[ ! -s "$scratch/lint" ] || fail "--lint says: $(cat "$scratch/lint")"

# Every item says its rule and commit; what is left out is told, and in the file.
uris=$(grep -c '^uri ' "$site/espial.cf")
[ "$uris" = "$(grep -B1 '^uri ' "$site/espial.cf" | grep -c " $commit\$")" ] || fail "a rule has no trace"
[ "$(($(grep -c 'no uri rule' "$scratch/left-out") + uris))" = \
	"$(grep -Elr '^status: stable$' "$ruleset/trackers" | wc -l)" ] || fail "rules are missing"
sed -n 's/^espial: left out: //p' "$scratch/left-out" | cut -c1-60 | while read -r line; do
	grep -qF "# $line" "$site/espial.cf" || fail "not in the file: $line"
done

# The tests of every eighth rule: its links are found where they match, and not where they do not.
# The rules of the distribution are left away, for the sake of time.
test_urls | sort -k2,2 -k1,1 >"$scratch/urls"
awk '/^# / { id = $2 } /^uri / { print id, $2 }' "$site/espial.cf" | awk 'NR % 8 == 1' >"$scratch/symbols"
mkdir "$scratch/alone" "$scratch/rules"
cp "$site"/*.pre "$site/local.cf" "$scratch/alone"
cp "$site/espial.cf" /usr/share/spamassassin/20_aux_tlds.cf "$scratch/rules"
alone() { spamassassin -L -x --siteconfigpath "$scratch/alone" --configpath "$scratch/rules" "$@"; }
while read -r id symbol; do
	for what in match no_match; do
		echo 'From sender@spam.example Wed Oct 14 19:33:29 2026'
		awk -v what="$what" -v id="$id" '$1 == what && $2 == id { print $3 }' "$scratch/urls" |
			as_html | mail "$what $symbol" html
		echo
	done
done <"$scratch/symbols" >"$scratch/mbox"
alone --mbox <"$scratch/mbox" >"$scratch/scanned" 2>"$scratch/said"
[ ! -s "$scratch/said" ] || fail "scanning: $(cat "$scratch/said")"
awk '/^X-Spam-Tests: / { tests = "," $2 "," }
	/^Subject: / { hit = index(tests, "," $3 ",") > 0; print $2, $3, hit ? "hit" : "miss" }' \
	"$scratch/scanned" >"$scratch/hits"
[ "$(wc -l <"$scratch/hits")" = "$((2 * $(wc -l <"$scratch/symbols")))" ] || fail "mails are missing"
grep -E '^match .* miss$|^no_match .* hit$' "$scratch/hits" >"$scratch/wrong" &&
	fail "$(cat "$scratch/wrong")"

# Of the fixtures: spam with a link of an ESP that another network sent, and ordinary mail.
hits() { alone <"$1" | sed -n 's/^X-Spam-Tests: //p'; }
case ,$(hits tests/fixtures/demo/spam/spam-mandrill-crypto.eml), in
*,ESPIAL_MANDRILL_CLICK,*) ;; *) fail "the mandrill link is not found" ;; esac
case ,$(hits tests/fixtures/demo/spam/spam-mandrill-crypto.eml), in
*,ESPIAL_OFF_MANDRILL,*) ;; *) fail "the mandrill link is not known to be off the network" ;; esac
case ,$(hits tests/fixtures/demo/inbox/receipt-mandrill-fr.eml), in
*,ESPIAL_MANDRILL_CLICK,*) ;; *) fail "the mandrill link of the receipt is not found" ;; esac
case ,$(hits tests/fixtures/demo/inbox/receipt-mandrill-fr.eml), in
*,ESPIAL_OFF_MANDRILL,*) fail "mandrill's own mail is said to be off its network" ;; *) ;; esac
case ,$(hits tests/fixtures/demo/inbox/personal-plain.eml), in
*ESPIAL*) fail "ordinary mail is hit" ;; *) ;; esac

# A landing domain, in the open and behind a redirector without a scheme.
landing=$(sed -n 's/^enlist_uri_host (ESPIAL) //p' "$site/espial.cf" | head -n 1)
[ -n "$landing" ] || fail "no landing domains"
! grep -q '^enlist_uri_host (ESPIAL) \(mandrillapp.com\|sendgrid.net\|.*newesp.example\)$' "$site/espial.cf" ||
	fail "a domain is blocked that must not be"
echo "https://www.$landing/x" | as_html | mail landing html >"$scratch/landing.eml"
echo "https://vk.com/away.php?to=www.$landing" | as_html | mail redirected html >"$scratch/redirected.eml"
echo "https://www.example.com/?$landing" | as_html | mail elsewhere html >"$scratch/elsewhere.eml"
for mail in landing redirected; do
	case ,$(hits "$scratch/$mail.eml"), in
	*,ESPIAL_LANDING,*) ;; *) fail "$mail: the landing domain is not found" ;; esac
done
case ,$(hits "$scratch/elsewhere.eml"), in
*,ESPIAL_LANDING,*) fail "a domain that is nowhere is found" ;; *) ;; esac

# Accounts, where the plugin is there.
grep -q '^sendgrid_feed ' "$site/espial.cf" || fail "no feed of SendGrid accounts"
grep -q '^10000666$\|^[0-9]\{3,\}$' "$site/espial-sendgrid.txt" || fail "no SendGrid accounts"
