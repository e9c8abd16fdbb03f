#!/usr/bin/env bash
# The link index and the first screen on a generated store of $STORE messages (default 20,000), each
# with two tracker links of its own and one plain link; it is made once and kept in $BUILD/bench/.
set -eu
count=${STORE:-20000}
runs=5
case $BUILD in /*) build=$BUILD ;; *) build=$PWD/$BUILD ;; esac
dir=$build/bench/store-$count
environment=$(tests/bench/make-store "$count" "$dir")
eval "$environment"
export ESPIAL_DATADIR=$PWD/rules GIT_AUTHOR_NAME=Bench GIT_AUTHOR_EMAIL=bench@example.org
export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL

# Seconds that a command takes.
seconds() {
	local start=$EPOCHREALTIME
	"$@" >/dev/null 2>&1
	local end=$EPOCHREALTIME
	awk -v s="$start" -v e="$end" 'BEGIN { printf "%.4f\n", e - s }'
}
# The median of $runs runs.
median() {
	local i
	for ((i = 0; i < runs; i++)); do seconds "$@"; done | sort -n | sed -n "$((runs / 2 + 1))p"
}
calc() { awk "BEGIN { printf \"$1\", $2 }"; }

script=$dir/first-screen
printf 'size 80x24\n' >"$script"
"$build/espial" --script "$script"   # makes the ruleset
rm -rf "$XDG_DATA_HOME/espial/index"
whole=$(seconds "$build/espial" index)
index=$(ls "$XDG_DATA_HOME"/espial/index/*.sqlite)
links=$("$build/espial" status | sed -n 's/.* messages, \([0-9]*\) links.*/\1/p')
noop=$(median "$build/espial" index)
printf '  %-44s %10s\n' "messages" "$count" "links" "$links"
printf '  %-44s %10s s  %s messages/s\n' "index from nothing" "$whole" "$(calc %.0f "$count / $whole")"
printf '  %-44s %10s\n' "bytes of the index per link" "$(calc %.0f "$(stat -c %s "$index") / $links")"
printf '  %-44s %10s s\n' "index with nothing new" "$noop"
volume=$(median "$build/espial" volume --csv)
figures=$(median "$build/espial" volume)
printf '  %-44s %10s s  less the above %s s\n' "volume by day, every count" "$volume" \
	"$(calc %.3f "$volume - $noop")"
printf '  %-44s %10s s  less the above %s s\n' "the same, and each provider's figures" "$figures" \
	"$(calc %.3f "$figures - $volume")"

search=$(median notmuch search --limit=50 '*')
first=$(median "$build/espial" --script "$script")
printf '  %-44s %10s s\n' "notmuch search --limit=50 '*'" "$search"
printf '  %-44s %10s s  ratio %s\n' "console: start, first screen, index, end" "$first" \
	"$(calc %.2f "$first / $search")"
