#!/usr/bin/env bash
# Labels that need no rule: a link that a rule explains, marked messages, a whole query; and undo.
. "$(dirname "$0")/console.bash"

tagged() { [ "$(ids "$1")" = "$2" ]; }
untouched() { [ "$(tags_of_all)" = "$before" ]; }
pick() { # a provider that is known
	expect "type to filter"
	typed "$1"
	expect "> $1"
	keys Enter
	refuse "type to filter"
}
undo() {
	keys u
	until_true "the tags as they were" untouched
	expect "-tracker"
}

demo_start
before=$(tags_of_all)
console_start 120x40
expect " of 48"
head=$(in_ruleset rev-parse HEAD)

# A rule explains the link: the message is tagged, nothing is drafted.
query id:spam-mandrill-crypto@wallet.example "1 of 1"
keys Enter
expect "<spam-mandrill-crypto@wallet.example>"
keys l
pick mandrill
until_true "the label" tagged tag:esp/mandrill id:spam-mandrill-crypto@wallet.example
until_true "the other tag" tagged tag:tracker id:spam-mandrill-crypto@wallet.example
expect "esp/mandrill"
refuse "New rule"
undo
keys q

# Three that are marked. Any key but y changes nothing.
query query:invoice "1 of 6"
keys m j m m
expect "3 marked"
marked=$(printf 'id:spam-newesp-invoice-%s\n' 7731@pay.example refund@tax.example shared@docs.example)
keys l
pick sendgrid
answer "Label 3 messages sendgrid?" n
is "what is labelled" "$(ids tag:esp/sendgrid)" ""
keys l
pick sendgrid
answer "Label 3 messages sendgrid?" y
until_true "the labels" tagged tag:esp/sendgrid "$marked"
until_true "the other tag" tagged tag:tracker "$marked"
expect "u undoes"

# The whole query, on top of it: undo takes back one label at a time.
keys L
pick sparkpost
answer "Label 6 messages sparkpost?" y
until_true "the labels" tagged tag:esp/sparkpost "$(ids query:invoice)"
until_true "the labels before" tagged tag:esp/sendgrid "$marked"
expect "u undoes"
keys u
until_true "the labels" tagged tag:esp/sparkpost ""
expect "-esp/sparkpost"
is "the label before" "$(ids tag:esp/sendgrid)" "$marked"
is "the other tag before" "$(ids tag:tracker)" "$marked"
undo
keys u
expect "nothing to undo"
until_true "the tags as they were" untouched
is "the ruleset" "$(in_ruleset rev-parse HEAD)" "$head"

# A new provider needs no rule either: only the tag is new.
keys U l
expect "type to filter"
typed "Other ESP, Inc."
expect "new provider: Other ESP, Inc."
keys Enter
until_true "the label" tagged tag:esp/other-esp-inc id:spam-newesp-invoice-rechnung@konto.example
undo
keys Q
console_ended 0
