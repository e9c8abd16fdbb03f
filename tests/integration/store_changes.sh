#!/usr/bin/env bash
# Other programs index, tag, delete and compact while the console is open.
. "$(dirname "$0")/console.bash"

mail() { # FILE: a mail of that name
	printf 'From: Late <late@example.com>\nTo: analyst@example.org\nSubject: Late mail %s\nDate: Sat, 21 Nov 2026 12:00:00 +0000\nMessage-ID: <%s@example.com>\n\nhttps://www.example.com/%s\n' \
		"$1" "$1" "$1" >"$scratch/demo/mail/inbox/cur/$1:2,"
}
tagged() { [ "$(ids "$1")" = "$2" ]; }

demo_start
console_start 200x50
expect " of 48"
expect "hi, remember me?"

# Tags show without a key; what one stands on stays.
keys j j
expect "3 of 48"
notmuch tag +fresh -- id:spam-mailgun-dating@meet.example
expect "fresh"
shows "3 of 48" || fail "the selection moved"

# New mail shows after R at the latest.
mail one
mail two
notmuch new --quiet
keys R
expect " of 50"
expect "Late mail one"
expect "Late mail two"

# A message whose file is gone: it says so, and the others can still be read.
query id:one@example.com "1 of 1"
rm "$scratch/demo/mail/inbox/cur/one:2,"
keys Enter
expect "one@example.com"
refuse "https://www.example.com/one"
notmuch new --quiet
keys R
expect "no message matches"
query id:two@example.com "1 of 1"
keys Enter
expect "https://www.example.com/two"

# The database is replaced under it.
notmuch compact --quiet
notmuch tag +compacted -- id:two@example.com
expect "compacted"
keys l
expect "type to filter"
typed mandrill
expect "> mandrill"
keys Escape
refuse "type to filter"
keys q l
expect "type to filter"
typed mandrill
expect "> mandrill"
keys Enter
until_true "the label" tagged tag:esp/mandrill id:two@example.com
expect "u undoes"

# Many changes while it scrolls through everything.
query '*' " of 49"
for i in 1 2 3 4 5 6 7 8; do
	notmuch tag "+round$i" -- '*'
	keys '>' '<'
done
keys '>'
expect "49 of 49"
keys Enter
expect "No sender, no subject"
keys q Q
console_ended 0
