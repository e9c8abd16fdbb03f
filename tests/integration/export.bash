# Sourced by the tests of exports: the demo store, whose spam is labelled, a ruleset in git with the
# shipped rules, and mails made of the tests that rules carry.
# shellcheck shell=bash
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${BUILD:-build}
case $build in /*) ;; *) build=$PWD/$build ;; esac
test=$(basename "$0" .sh)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "$test: $*" >&2; exit 1; }
needs() { # PROGRAM PACKAGE
	PATH=$PATH:/usr/sbin:/sbin
	command -v "$1" >/dev/null && return
	echo "$1 is not installed (apt-get install $2)"
	exit 77
}

ruleset=$scratch/ruleset
make_ruleset() {
	export GIT_AUTHOR_NAME=Analyst GIT_AUTHOR_EMAIL=analyst@example.org \
		GIT_COMMITTER_NAME=Analyst GIT_COMMITTER_EMAIL=analyst@example.org
	cp -r rules/catalogue "$ruleset"
	echo 'newesp.example # not a spammer' >>"$ruleset/lists/allowed-domains.txt"
	git -C "$ruleset" init -q
	git -C "$ruleset" add -A
	git -C "$ruleset" commit -q -m 'Start'
	commit=$(git -C "$ruleset" rev-parse --short=12 HEAD)
}

# Twice, which must give the same bytes; what is left out goes to $scratch/left-out.
export_to() { # DIR TARGET OPTION…
	local dir=$1 target=$2
	shift 2
	"$build/espial" --ruleset "$ruleset" rules export --output "$dir" "$@" "$target" \
		2>"$scratch/left-out" || fail "$target: exit code $?: $(cat "$scratch/left-out")"
	"$build/espial" --ruleset "$ruleset" rules export --output "$dir.again" "$@" "$target" 2>/dev/null
	diff -r "$dir" "$dir.again" >&2 || fail "$target: not the same twice"
	rm -r "$dir.again"
}

# `match ID URL` and `no_match ID URL` for every test of every rule.
test_urls() {
	find "$ruleset/trackers" -name '*.yaml' | sort | xargs awk -v quote="'" '
		function plain(text) {
			if (substr(text, 1, 1) != quote) return text
			text = substr(text, 2, length(text) - 2)
			gsub(quote quote, quote, text)
			return text
		}
		FNR == 1 { what = "" }
		/^id: / { id = plain($2) }
		/^  match:$/ { what = "match" }
		/^  no_match:$/ { what = "no_match" }
		what == "match" && sub(/^    - url: /, "") { print what, id, plain($0) }
		what == "no_match" && sub(/^    - /, "") { print what, id, plain($0) }'
}

mail() { # SUBJECT TYPE, then the body on stdin
	cat <<-EOF
		Return-Path: <sender@spam.example>
		Received: from mail.spam.example (mail.spam.example [198.51.100.7])
		 by mx.example.org with ESMTP id 1 for <user@example.org>;
		 Wed, 14 Oct 2026 19:33:29 +0000
		From: Sender <sender@spam.example>
		To: user@example.org
		Subject: $1
		Message-ID: <$(echo "$1" | tr -c 'A-Za-z0-9\n' .)@spam.example>
		Date: Wed, 14 Oct 2026 19:33:29 +0000
		MIME-Version: 1.0
		Content-Type: text/$2; charset=utf-8
		Content-Transfer-Encoding: 8bit

	EOF
	cat
}

as_html() { # URLs on stdin, one a line
	echo '<!DOCTYPE html><html><body>'
	sed 's/&/\&amp;/g; s/"/\&quot;/g; s/.*/<p><a href="&">click<\/a><\/p>/'
	echo '</body></html>'
}

as_text() { sed 's/.*/Click: &\n/'; }

# Spam that leads to DOMAIN through a redirector, once for each N.
add_spam() { # DOMAIN N…
	local domain=$1 n
	shift
	for n; do
		echo "https://www.google.com/url?q=https%3A%2F%2Fwww.$domain%2F$n" | as_html |
			mail "to $domain $n" html >"$scratch/demo/mail/spam/cur/$domain.$n.eml:2,"
	done
}

# Those of the demo all lead to one domain.
make_store() {
	tests/demo --prepare "$scratch/demo" >"$scratch/env"
	# shellcheck disable=SC1091
	. "$scratch/env"
	add_spam evil.example 1 2 3 4 5
	add_spam rare.example 1 2
	add_spam once.example 1
	add_spam page.example 1 2 3
	add_spam sendgrid.net 1 2 3
	add_spam newesp.example 1 2 3
	notmuch new --quiet
	notmuch tag +spam -inbox -- 'path:spam/**'
	notmuch tag +tracker -- tag:spam
}
