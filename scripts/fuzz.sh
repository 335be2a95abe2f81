#!/bin/sh
# Runs every fuzz test for the time given: go test takes only one at a time. Inputs are made small in few steps,
# or that alone would take the time.
set -eu
. "$(dirname "$0")/env.sh"
cd "$root"
grep -rl --include='*_test.go' '^func Fuzz' . | sort | while read -r file; do
  sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file" | while read -r name; do
    echo "==> $name in $(dirname "$file")"
    go test -C "$(dirname "$file")" -run '^$' -fuzz "^$name\$" -fuzztime "${1:-10s}" -fuzzminimizetime 100x . </dev/null
  done
done
