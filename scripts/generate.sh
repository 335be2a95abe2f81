#!/bin/sh
# Writes docs/ from the provider's schemas, templates/ and examples/.
set -eu
. "$(dirname "$0")/env.sh"
tfplugindocs=$("$root/scripts/tool.sh" tfplugindocs)

schema=$(mktemp "${TMPDIR:-/tmp}/openai-schema.XXXXXX")
trap 'rm -f "$schema"' EXIT
cd "$root"
go run -buildvcs=false ./cmd/provider-schema >"$schema"
"$tfplugindocs" generate --provider-name "$provider_type" --providers-schema "$schema"
