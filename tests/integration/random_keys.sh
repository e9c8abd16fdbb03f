#!/usr/bin/env bash
# Keys pressed at random: whatever they do, the console ends as it should. With sanitizers (make
# asan) this finds what a reader of the code does not. ROUNDS: how many sessions (20); FIRST: the
# seed of the first (1). A session that failed is printed, to be played again with --script.
set -eu
cd "$(dirname "$0")/../.."
build=${BUILD:-build}
case $build in /*) ;; *) build=$PWD/$build ;; esac
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tests/demo --prepare "$scratch/demo" >"$scratch/env"
# shellcheck disable=SC1091
. "$scratch/env"
export VISUAL=true
keys=(j k Enter Esc Tab BackTab Up Down Left Right PgUp PgDn Home End Space Backspace Delete
	/ '<' '>' '?' + - '^A' '^K' '^L' '^U' a b c d e f g h l m n o p q r s t u v w x y
	D J K L M N P R S U X)
texts=(spam tag: invoice mandrill 'New ESP' '*' 'from:/[/' é新 '^/(' newesp.example opaque
	'param u | base64' id:spam-newesp-invoice-7731@pay.example)
sizes=(40x6 40x10 60x24 80x24 200x50)
resizes=(1x1 20x5 40x6 80x6 80x24 133x60)

# Chooses one of the ARGUMENTs. In a subshell the seed would not be ours.
one() {
	shift $((RANDOM % $#))
	chosen=$1
}
say() { # FORMAT ARGUMENT…: prints it with one of the arguments
	local format=$1
	shift
	one "$@"
	# shellcheck disable=SC2059
	printf "$format" "$chosen"
}

session() { # SEED
	local i
	RANDOM=$1
	say 'size %s\n' "${sizes[@]}"
	for ((i = RANDOM % 60; i >= 0; i--)); do
		case $((RANDOM % 25)) in
		0) say 'resize %s\n' "${resizes[@]}" ;;
		1) say 'keys Enter l\ntype %s\nkeys Enter c y\n' "${texts[@]}" ;;
		[2-5]) say 'type %s\n' "${texts[@]}" ;;
		*)
			say 'keys %s' "${keys[@]}"
			say ' %s' "${keys[@]}"
			say ' %s\n' "${keys[@]}"
			;;
		esac
	done
}

for ((seed = ${FIRST:-1}; seed < ${FIRST:-1} + ${ROUNDS:-20}; seed++)); do
	session "$seed" >"$scratch/session"
	if ! timeout 120 "$build/espial" --script "$scratch/session" 2>"$scratch/errors"; then
		echo "seed $seed:"
		cat "$scratch/session"
		cat "$scratch/errors"
		exit 1
	fi
done
