#!/usr/bin/env bash
# The whole way in two minutes: search, look, export, compile, test.
# Called by `make demo` as: demo.sh SECONDS FOLDER, with ELITEMAP, PYTHON and CFLAGS set.
set -euo pipefail
seconds=$1 out=$2
export ELITEMAP_ARCHIVE=$out/elitemap.db

bold='' plain=''
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then bold=$'\033[1m' plain=$'\033[0m'; fi
step() { printf '\n%s== %s%s\n' "$bold" "$1" "$plain"; }

rm -rf "$out"
mkdir -p "$out"

step "Search for programs that compute 2^x on [0, 1], starting from random ones ($seconds s)"
"$ELITEMAP" search elementary exp2 --seconds "$seconds" --seed 1

step "The most accurate program of at most 10 operations, with its proof"
id=$("$ELITEMAP" elites --where 'digits > 0 and ops <= 10' --sort -digits --limit 1 --json |
    "$PYTHON" -c 'import json, sys; print(json.load(sys.stdin)[0]["id"])')
"$ELITEMAP" show "$id"

step "The same as C99, compiled with every warning an error, and its bit-exact self-test"
"$ELITEMAP" export "$id" --to c -o "$out"
sed -n '/^double/,/^}/p' "$out"/*.c
# CFLAGS holds several words.
# shellcheck disable=SC2086
${CC:-cc} ${CFLAGS:-} -DELITEMAP_SELFTEST "$out"/*.c -lm -o "$out/selftest"
"$out/selftest"

step "Yours: $out/ has the code and the archive; try: $ELITEMAP browse --archive $out/elitemap.db"
