#!/usr/bin/env bash
# `make demo`: the script makes a store and opens the console on it.
. "$(dirname "$0")/console.bash"

fixtures=$(find tests/fixtures/demo -name '*.eml' | wc -l)
console_start 80x24 "BUILD='$build' exec tests/demo '$scratch/demo'"
expect "1 of $fixtures"
expect "? help"
# What it shows at once: senders, subjects, providers; no part of the mail's tricks is sent to the
# terminal.
expect "You are pre-approved"
expect "sparkpost"
expect "<U+202E>"
expect "^[[2J"
keys '?'
expect "Keys of this screen"
keys q q
console_ended 0
# What was done in it stands.
console_start 80x24 "BUILD='$build' exec tests/demo '$scratch/demo'"
expect "1 of $fixtures"
keys Q
console_ended 0
