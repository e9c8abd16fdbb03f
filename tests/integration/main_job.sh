#!/usr/bin/env bash
# The main job, from a spam of a provider that nobody knows to a committed rule, and back.
. "$(dirname "$0")/console.bash"

invoices=$(printf 'id:spam-newesp-invoice-%s\n' 7731@pay.example 7745@pay.example \
	facture@facture.example rechnung@konto.example refund@tax.example shared@docs.example)

# The row before the last of the form.
give_reason() {
	keys '>' k Enter
	expect "why:"
	typed "Fake invoices; the token is per recipient"
	keys Enter
	refuse "why:"
}

check_commit() { # EVIDENCE
	is "the subject" "$(in_ruleset log -1 --format=%s | cut -d: -f1)" new-esp
	is "the rule's trailer" "$(in_ruleset log -1 --format='%(trailers:key=Rule,valueonly,separator=)')" new-esp/t
	is "the provider's trailer" "$(in_ruleset log -1 --format='%(trailers:key=ESP,valueonly,separator=)')" new-esp
	is "the evidence" "$(in_ruleset log -1 --format='%(trailers:key=Evidence,valueonly,separator=)')" "$1"
	in_ruleset log -1 --format=%b | grep -q "^Matched 6 messages, 12 links" || fail "no counts in the message"
	is "the author" "$(in_ruleset log -1 --format='%an <%ae>')" "Test Analyst <analyst@example.org>"
	is "the change" "$(in_ruleset show --format= --name-status HEAD)" "A	esps/new-esp.yaml
A	trackers/new-esp/t.yaml"
	is "the provider" "$(in_ruleset show HEAD:esps/new-esp.yaml)" "id: new-esp
name: New ESP
kind: esp"
	in_ruleset show HEAD:trackers/new-esp/t.yaml >"$scratch/rule"
	for line in 'id: new-esp/t' 'esp: new-esp' '    - newesp.example' '  - base64' \
		'      next: https://pay-now.landing.example/i/7731'; do
		grep -qxF -- "$line" "$scratch/rule" || fail "the rule lacks: $line
$(cat "$scratch/rule")"
	done
	is "the work tree" "$(in_ruleset status --porcelain)" ""
	"$build/espial" rules check "$ruleset" || fail "the committed ruleset has problems"
	# Another program that reads the repository decodes the campaign.
	"$build/espial" --ruleset "$ruleset" scan query:invoice |
		jq -r 'select(.esp == "new-esp") | .landing' | sort -u >"$scratch/landings"
	is "the landing of 7731" "$(grep 7731 "$scratch/landings")" https://pay-now.landing.example/i/7731
	grep -vq '\.landing\.example/' "$scratch/landings" && fail "odd landings: $(cat "$scratch/landings")"
	is "what is kept as a draft" "$(ls "$drafts" 2>/dev/null)" ""
}

untouched() { [ "$(tags_of_all)" = "$before" ]; }
check_undone() {
	until_true "the tags as they were" untouched
	is "the subject" "$(in_ruleset log -1 --format=%s | cut -c1-15)" 'Revert "new-esp'
	is "the ruleset" "$(in_ruleset rev-parse 'HEAD^{tree}')" "$(in_ruleset rev-parse 'HEAD~2^{tree}')"
	is "the work tree" "$(in_ruleset status --porcelain)" ""
	[ ! -e "$ruleset/trackers/new-esp/t.yaml" ] || fail "the rule's file is still there"
}

# SIZE, keys that choose whom to label, how many, their ids
main_job() {
	echo "main job at $1"
	demo_start
	before=$(tags_of_all)
	console_start "$1"
	open_newcomer
	draft_new_esp
	# The preview counts, and says where the link leads.
	expect "query: 6 messages, 12 links   store: 6 messages, 12 links"
	expect "https://pay-now.landing.example/i/7731"
	expect "no clash with another rule"
	refuse "cannot be committed"
	give_reason
	for key in $2; do keys "$key"; done
	keys c
	expect "(y/n)"
	is "the ruleset before y" "$(in_ruleset rev-list --count HEAD)" 1
	answer "Commit rule new-esp/t and label $3?" y
	expect "u undoes"
	check_commit id:spam-newesp-invoice-7731@pay.example
	in_ruleset log -1 --format=%b | grep -qF "Fake invoices; the token is per recipient" || fail "no reason in the message"
	is "what is labelled" "$(ids tag:esp/new-esp)" "$4"
	is "what is a tracker" "$(ids tag:tracker)" "$4"
	# The link is explained where it was not.
	expect "→ https://pay-now.landing.example/i"
	keys u
	check_undone
	refuse "→ https://pay-now.landing.example"
	keys q q
	console_ended 0
}

main_job 80x24 a "6 messages" "$invoices"
main_job 200x50 "" "1 message" id:spam-newesp-invoice-7731@pay.example
