#!/bin/sh
# Prints the path of the Terraform CLI to use. CLI=terraform, CLI=tofu or CLI=/path/to/either chooses.
# By default it is terraform on the PATH, else tofu on the PATH, else an OpenTofu built here.
set -eu
. "$(dirname "$0")/env.sh"

on_path() { command -v "$1" 2>/dev/null; }

case ${CLI-} in
'') cli=$(on_path terraform || on_path tofu || "$root/scripts/tool.sh" tofu) ;;
tofu | opentofu) cli=$(on_path tofu || "$root/scripts/tool.sh" tofu) ;;
*) cli=$(on_path "$CLI") || fail "CLI=$CLI: no such program. Use CLI=terraform, CLI=tofu or the path of one of them; CLI=tofu builds OpenTofu if need be." ;;
esac

case $("$cli" version 2>&1 || true) in
"Terraform v"* | "OpenTofu v"*) ;;
*) fail "$cli is neither Terraform nor OpenTofu, or does not run. It must answer to: $cli version" ;;
esac
case $cli in
/*) echo "$cli" ;;
*) echo "$(cd "$(dirname "$cli")" && pwd)/$(basename "$cli")" ;;
esac
