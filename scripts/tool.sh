#!/bin/sh
# Prints the path of a pinned development tool: tofu, tfplugindocs or golangci-lint.
# Builds it from its module under tools/ when the cache does not have it.
set -eu
. "$(dirname "$0")/env.sh"

tool=${1-}
case $tool in
tofu)
  module=opentofu
  package=github.com/opentofu/opentofu/cmd/tofu
  ldflags="-s -w -X github.com/opentofu/opentofu/version.dev=no"
  cost="about 7 minutes on two cores and 2.5 GB of Go's build cache"
  ;;
tfplugindocs)
  module=docs
  package=github.com/hashicorp/terraform-plugin-docs/cmd/tfplugindocs
  ldflags="-s -w"
  cost="about 20 seconds"
  ;;
golangci-lint)
  module=lint
  package=github.com/golangci/golangci-lint/v2/cmd/golangci-lint
  ldflags="-s -w"
  cost="about 2 minutes on two cores"
  ;;
*) fail "usage: $0 tofu|tfplugindocs|golangci-lint" ;;
esac

cd "$root/tools/$module"
sum() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }
key=$({ cat go.mod go.sum && go env GOVERSION GOOS GOARCH && echo "$ldflags"; } | sum | cut -c 1-16)
binary=$cache/$tool-$key/$tool

if [ ! -x "$binary" ]; then
  mkdir -p "$(dirname "$binary")"
  # One builds, the others wait. The lock names its holder, so that a killed one does not block for ever.
  lock=$cache/$tool-$key/lock
  until (set -C && echo $$ >"$lock") 2>/dev/null; do
    holder=$(cat "$lock" 2>/dev/null || true)
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then rm -f "$lock"; fi
    sleep 1
  done
  trap 'rm -f "$lock" "$binary.$$"' EXIT
  trap 'exit 1' HUP INT TERM
  if [ ! -x "$binary" ]; then
    version=$(go list -mod=readonly -f '{{.Module.Version}}' "$package")
    echo "Building $tool $version from source, once: $cost." >&2
    go build -mod=readonly -buildvcs=false -ldflags "$ldflags" -o "$binary.$$" "$package" >&2
    mv "$binary.$$" "$binary"
  fi
fi
echo "$binary"
