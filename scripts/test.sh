#!/bin/sh
# Runs "go test" with its arguments in an environment made for acceptance tests: a CLI from cli.sh, none of
# the user's settings, and temporary files in memory where the machine has room for that.
set -eu
. "$(dirname "$0")/env.sh"
cli=$("$root/scripts/cli.sh")

if [ -d /dev/shm ] && [ -w /dev/shm ]; then
  tmp=$(mktemp -d /dev/shm/openai-test.XXXXXX)
else
  tmp=$(mktemp -d "${TMPDIR:-/tmp}/openai-test.XXXXXX")
fi
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' HUP INT TERM

export TF_ACC=1 TF_ACC_TERRAFORM_PATH="$cli"
# Where the CLI looks for a provider that a configuration names without an address.
case $("$cli" version) in
OpenTofu*) export TF_ACC_PROVIDER_HOST=registry.opentofu.org TF_ACC_PROVIDER_NAMESPACE=hashicorp ;;
esac
echo "Testing with $("$cli" version | head -n 1) ($cli)" >&2
cd "$root"
TMPDIR=$tmp go test "$@"
