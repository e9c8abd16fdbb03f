#!/usr/bin/env bash
# espial volume: its figures against those of notmuch count, in a zone with daylight saving; ranges,
# formats, files, and what it says of a command line that is wrong.
set -eu
cd "$(dirname "$0")/../.."
case ${BUILD:=build} in /*) build=$BUILD ;; *) build=$PWD/$BUILD ;; esac
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export NOTMUCH_CONFIG=$dir/config XDG_DATA_HOME=$dir/data TZ='CET-1CEST,M3.5.0,M10.5.0/3'
espial="$build/espial --ruleset rules/catalogue"
printf '[database]\npath=%s/mail\n[user]\nname=A\nprimary_email=a@example.org\n' "$dir" >"$NOTMUCH_CONFIG"

fail() {
	printf 'volume: %s\n' "$*" >&2
	exit 1
}

mail() { # NUMBER SECONDS FOLDER BODY
	mkdir -p "$dir/mail/$3/cur"
	printf 'From: a@shop.example\nSubject: mail %d\nMessage-ID: <v%d@example.com>\nDate: %s\n\n%s\n' \
		"$1" "$1" "$(TZ=UTC date -d "@$2" '+%a, %d %b %Y %H:%M:%S +0000')" "$4" \
		>"$dir/mail/$3/cur/v$1:2,"
}

# Around the end of summer time, half an hour to an hour and a half apart, a gap of a week, and
# around the turn of the year.
mandrill='https://mandrillapp.com/track/click/30000001/www.example.com?p=eyJzIjoiYSJ9'
sendgrid='https://u1000001.ct.sendgrid.net/ls/click?upn=u001.aaaabbbbccccddddeeeeffff'
i=0
for start in 2026-10-24T10:00Z 2026-11-02T10:00Z 2026-12-31T10:00Z; do
	time=$(date -d "$start" +%s)
	for ((n = 0; n < 40; n++, i++)); do
		case $((i % 4)) in
		0) mail $i "$time" mandrill "$mandrill" ;;
		1) mail $i "$time" both "$mandrill and $sendgrid" ;;
		2) mail $i "$time" sendgrid "$sendgrid" ;;
		3) mail $i "$time" none "https://www.example.com/" ;;
		esac
		time=$((time + 1800 + n % 3 * 1800))
	done
done
notmuch new --quiet

$espial volume --csv --to 2027-01-31 >"$dir/days.csv"
tr -d '\r' <"$dir/days.csv" >"$dir/days"
[ "$(head -n 1 "$dir/days")" = day,messages,mandrill,sendgrid ] || fail "head: $(head -n 1 "$dir/days")"
[ "$(wc -l <"$dir/days")" = 101 ] || fail "$(wc -l <"$dir/days") lines of 100 days"
sum=0
while IFS=, read -r day messages mandrill sendgrid; do
	[ "$day" = day ] && continue
	printf '%s\n' "date:$day..$day and not folder:none" "date:$day..$day and (folder:mandrill or folder:both)" \
		"date:$day..$day and (folder:sendgrid or folder:both)" >"$dir/queries"
	[ "$(notmuch count --batch --input="$dir/queries" | paste -sd,)" = "$messages,$mandrill,$sendgrid" ] ||
		fail "$day: $messages,$mandrill,$sendgrid, and notmuch counts $(notmuch count --batch --input="$dir/queries" | paste -sd,)"
	sum=$((sum + messages))
done <"$dir/days"
[ $sum = 90 ] || fail "$sum messages of 90"

# The same series as JSON; a query and a range; the others together.
$espial volume --json --to 2027-01-31 >"$dir/days.json"
[ "$(jq -r '[.series[] | select(.esp == "mandrill").counts[]] | join(",")' "$dir/days.json")" = \
	"$(tail -n +2 "$dir/days" | cut -d, -f3 | paste -sd,)" ] || fail 'JSON has another series than CSV'
[ "$(jq '[.buckets[].messages] | add' "$dir/days.json")" = 90 ] || fail 'JSON has other messages'
$espial volume --csv --by month --top 1 --from 2026-11-01 --to 2026-12-31 folder:both or folder:sendgrid |
	tr -d '\r' >"$dir/months"
printf 'month,messages,sendgrid,(others)\n2026-11,%d,%d,%d\n2026-12,%d,%d,%d\n' \
	"$(notmuch count date:2026-11-01..2026-11-30 and '(folder:both or folder:sendgrid)')" \
	"$(notmuch count date:2026-11-01..2026-11-30 and '(folder:both or folder:sendgrid)')" \
	"$(notmuch count date:2026-11-01..2026-11-30 and folder:both)" \
	"$(notmuch count date:2026-12-01..2026-12-31 and '(folder:both or folder:sendgrid)')" \
	"$(notmuch count date:2026-12-01..2026-12-31 and '(folder:both or folder:sendgrid)')" \
	"$(notmuch count date:2026-12-01..2026-12-31 and folder:both)" >"$dir/expected"
diff -u "$dir/expected" "$dir/months" || fail 'months'

# What comes after is told of.
$espial volume --csv --to 2026-11-30 2>&1 >/dev/null | grep -q 'messages without a date, or with a later one: left out' ||
	fail 'nothing was said of later messages'

# Off the network only what is known to be.
sqlite=$(echo "$XDG_DATA_HOME"/espial/index/*.sqlite)
[ -e "$sqlite" ] || fail 'no index was made'
[ "$($espial volume --csv --off-network --to 2027-01-31 | tr -d '\r' | head -n 1)" = day,messages ] ||
	fail 'some are off-network without any sign of it'

# Before and after; the share of a trial domain; one provider.
$espial volume --to 2027-01-10 --esp mandrill --notified mandrill=2026-11-10 --trial mandrillapp.com >"$dir/table"
grep -Eq '^mandrill +60 +- +100% +1 +2026-10-24 +2027-01-01$' "$dir/table" || fail "$(cat "$dir/table")"
grep -Eq '^mandrill +2026-11-10 .* (fixed|improved|still abused|too few)' "$dir/table" || fail "$(cat "$dir/table")"

# The same from what the ruleset remembers, unless the command line knows better.
mkdir -p "$dir/ruleset/reports/mandrill" "$dir/ruleset/reports/sendgrid"
cp -r rules/catalogue/* "$dir/ruleset"
printf 'mandrillapp.com\n' >"$dir/ruleset/lists/trial-domains.txt"
touch "$dir/ruleset/reports/mandrill/2026-11-10-1.yaml" "$dir/ruleset/reports/mandrill/2026-11-09-2.yaml" \
	"$dir/ruleset/reports/mandrill/notes.yaml" "$dir/ruleset/reports/sendgrid/9999-99-99-1.yaml"
$build/espial --ruleset "$dir/ruleset" volume --to 2027-01-10 >"$dir/table"
grep -Eq '^mandrill +60 +- +100% +1 +2026-10-24 +2027-01-01$' "$dir/table" || fail "$(cat "$dir/table")"
grep -Eq '^mandrill +2026-11-10 .* (fixed|improved|still abused|too few)' "$dir/table" || fail "$(cat "$dir/table")"
grep -Eq '^sendgrid +[0-9]{4}-' "$dir/table" && fail "$(cat "$dir/table")"
$build/espial --ruleset "$dir/ruleset" volume --to 2027-01-10 --notified mandrill=2026-11-01 >"$dir/table"
grep -Eq '^mandrill +2026-11-01 ' "$dir/table" || fail "$(cat "$dir/table")"

# A chart.
$espial volume --svg "$dir/volume.svg" --by week --to 2027-01-31
grep -q '<title>mandrill</title>' "$dir/volume.svg" || fail 'a chart without a series'
cmp -s <($espial volume --svg - --by week --to 2027-01-31) "$dir/volume.svg" || fail 'another chart on standard output'
if command -v rsvg-convert >/dev/null; then
	rsvg-convert -o "$dir/volume.png" "$dir/volume.svg" || fail 'the chart cannot be rendered'
	[ "$(stat -c %s "$dir/volume.png")" -gt 5000 ] || fail 'the chart is empty'
fi

# What is wrong is said in one line, and nothing is written.
refused() {
	local status=0
	$espial volume "$@" >"$dir/out" 2>"$dir/err" || status=$?
	[ $status = 2 ] || fail "volume $*: exit code $status"
	[ ! -s "$dir/out" ] || fail "volume $*: wrote something"
	[ -s "$dir/err" ] || fail "volume $*: said nothing"
}
refused --by year
refused --from 2026-02-30
refused --from 2026-11-24 --to 2026-11-23
refused --top 25
refused --top -1
refused --notified mandrill
refused --notified mandrill=yesterday
refused --bogus
refused --svg
refused --svg "$dir/no/such/dir.svg"
refused 'date:nonsense..'
$espial volume --help | grep -q -- --off-network || fail 'help'
