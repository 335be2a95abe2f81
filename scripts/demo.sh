#!/bin/sh
# Runs the examples seed, pay_once, knowledge_base, file_search, set_structured and nightly from init to destroy with a freshly built provider, against the emulator.
# With DEMO_LIVE=1 and OPENAI_API_KEY set it talks to the real API instead, which costs money.
set -eu
. "$(dirname "$0")/env.sh"

live=${DEMO_LIVE-}
if [ "$live" = 1 ] && [ -z "${OPENAI_API_KEY-}" ]; then
  fail "DEMO_LIVE=1 needs OPENAI_API_KEY"
fi
cli=$("$root/scripts/cli.sh")

dir=$(mktemp -d "${TMPDIR:-/tmp}/openai-demo.XXXXXX")
emulator=
finish() {
  status=$?
  trap - EXIT
  if [ -n "$emulator" ]; then
    kill "$emulator" 2>/dev/null || true
    wait "$emulator" 2>/dev/null || true
  fi
  rm -rf "$dir"
  [ $status -eq 0 ] || printf '\nThe demo failed.\n' >&2
  exit $status
}
trap finish EXIT
trap 'exit 130' HUP INT TERM

# No colour codes in a log file.
[ -t 1 ] || export TF_CLI_ARGS=-no-color
heading() { printf '\n==> %s\n' "$*"; }
at=seed
tf() { "$cli" -chdir="$dir/$at" "$@"; }
seen=0
# count WHAT [EXPECTED]: says, and checks, how many requests the emulator saw since the last count.
count() {
  [ "$live" != 1 ] || return 0
  now=$(grep -c . "$dir/requests.log" || true) # a line each
  echo "Requests that the emulator saw during $1: $((now - seen))"
  if [ -n "${2-}" ] && [ $((now - seen)) -ne "$2" ]; then fail "expected $2"; fi
  seen=$now
}
# sent "METHOD PATH": how many requests the emulator saw in all whose path ends so.
sent() { grep -cE "\"method\":\"${1% *}\",\"path\":\"/v1/${1#* }\"" "$dir/requests.log" || true; }
# uploads EXPECTED: says which documents were uploaded since the last count, and checks how many.
uploaded=0
uploads() {
  [ "$live" != 1 ] || return 0
  now=$(sent "POST files")
  echo "Documents that the emulator was sent: $((now - uploaded))"
  grep '"method":"POST","path":"/v1/files"' "$dir/requests.log" | tail -n "+$((uploaded + 1))" | sed 's/.*filename=\\"\([^"\\]*\)\\".*/  \1/'
  [ $((now - uploaded)) -eq "$1" ] || fail "expected $1"
  uploaded=$now
}

heading "Build the provider$([ "$live" = 1 ] || echo ' and the emulator')"
version=0.0.1 # 0.0.0 counts as no version
platform=$("$cli" version -json | sed -n 's/.*"platform": *"\([^"]*\)".*/\1/p')
export GOOS="${platform%_*}" GOARCH="${platform#*_}"
cd "$root"
built=$dir/built
go build -buildvcs=false -ldflags "-X main.version=$version" -o "$built" .
for host in registry.terraform.io registry.opentofu.org "$provider_host"; do
  place=$dir/mirror/$host/$provider_namespace/$provider_type/$version/$platform
  mkdir -p "$place"
  [ -e "$place/terraform-provider-${provider_type}_v$version" ] || ln "$built" "$place/terraform-provider-${provider_type}_v$version"
done
cat >"$dir/cli.tfrc" <<EOF
provider_installation {
  filesystem_mirror {
    path = "$dir/mirror"
  }
}
EOF
mkdir "$dir/seed" "$dir/here" "$dir/there"
cp examples/seed/*.tf "$dir/seed"
if [ "$live" = 1 ]; then # OpenAI has shut down the seed's model: see examples/seed/README.md
  sed 's/"gpt-4"/"gpt-5.4"/; s/max_tokens /max_completion_tokens /' examples/seed/main.tf >"$dir/seed/main.tf"
fi
cp examples/pay_once/*.tf "$dir/here"
cp -R examples/pay_once/*.tf examples/pay_once/tests "$dir/there"
cp -R examples/pay_once "$dir/approved"
cp -R examples/knowledge_base "$dir/knowledge"
cp -R examples/file_search "$dir/search"
cp examples/seed/versions.tf "$dir/search"
mkdir "$dir/set"
cp examples/seed/versions.tf examples/set_structured/*.tf "$dir/set"
cp -R examples/nightly "$dir/night"
export TF_CLI_CONFIG_FILE="$dir/cli.tfrc" TF_IN_AUTOMATION=1 TF_INPUT=0
echo "$provider_namespace/$provider_type for $("$cli" version | head -n 1)"

if [ "$live" != 1 ]; then
  go build -buildvcs=false -o "$dir/openai-emulator" ./cmd/openai-emulator
  heading "Start the emulator"
  : >"$dir/requests.log"
  "$dir/openai-emulator" -addr 127.0.0.1:0 -addr-file "$dir/address" -log "$dir/requests.log" >"$dir/emulator.out" 2>&1 &
  emulator=$!
  tries=0
  until [ -s "$dir/address" ]; do
    kill -0 "$emulator" 2>/dev/null || fail "the emulator ended early: $(cat "$dir/emulator.out")"
    tries=$((tries + 1))
    [ $tries -le 100 ] || fail "the emulator does not start"
    sleep 0.1
  done
  OPENAI_BASE_URL=$(cat "$dir/address")
  export OPENAI_BASE_URL OPENAI_API_KEY=sk-demo
  echo "It listens at $OPENAI_BASE_URL"
fi

heading "init"
tf init

heading "plan: free, no request is sent"
tf plan -out=seed.tfplan
count plan 0

heading "apply: each answer is paid for once"
tf apply seed.tfplan
count apply "$(grep -c '^resource "openai_chat_completion"' "$dir/seed/main.tf")"

heading "The answers"
tf output

heading "plan again: nothing changes"
tf plan -detailed-exitcode || fail "the second plan is not empty"
count "the second plan" 0

heading "destroy"
tf plan -destroy -out=destroy.tfplan >"$dir/destroy.out" || fail "$(cat "$dir/destroy.out")"
tf apply destroy.tfplan
left=$(tf state list)
[ -z "$left" ] || fail "left in the state: $left"
count destroy

heading "pay_once: the plan asks, records, and shows the answers"
at=here
tf init >"$dir/init.out" || fail "$(cat "$dir/init.out")"
tf plan -out=tfplan
count plan 2

heading "pay_once: plan and recordings travel; the apply makes no call and has no key"
cp "$dir/here/tfplan" "$dir/there"
cp -R "$dir/here/recordings" "$dir/there"
at=there
tf init >"$dir/init.out" || fail "$(cat "$dir/init.out")"
without_key() { (unset OPENAI_API_KEY OPENAI_BASE_URL; export OPENAI_RECORDINGS_MODE=replay; tf "$@"); }
without_key apply tfplan
without_key plan -detailed-exitcode >"$dir/plan.out" || fail "the plan after that is not empty: $(cat "$dir/plan.out")"
without_key destroy -auto-approve >"$dir/destroy.out" || fail "$(cat "$dir/destroy.out")"
count "apply and destroy" 0

heading "pay_once: its tests replay the answers committed in examples/pay_once/recordings, not the emulator's above"
at=approved
tf init >"$dir/init.out" || fail "$(cat "$dir/init.out")"
without_key test
count "the tests" 0

heading "knowledge_base: a folder of Markdown becomes searchable, and answers"
at=knowledge
tf init >"$dir/init.out" || fail "$(cat "$dir/init.out")"
tf apply -auto-approve >"$dir/apply.out" || fail "$(cat "$dir/apply.out")"
uploads 3
tf output answers

heading "knowledge_base: one document changes, and only that one is uploaded"
printf '# Leave\n\nEveryone has 30 days of paid leave a year.\n' >"$dir/knowledge/handbook/leave.md"
tf plan -no-color -out=tfplan >"$dir/plan.out" || fail "$(cat "$dir/plan.out")"
sed -n '/# openai_vector_store_files/,/^    }/p' "$dir/plan.out"
tf apply tfplan >"$dir/apply.out" || fail "$(cat "$dir/apply.out")"
uploads 1
tf output answers
tf plan -detailed-exitcode >"$dir/plan.out" || fail "the plan after that is not empty: $(cat "$dir/plan.out")"

heading "knowledge_base: destroy leaves nothing on the server"
tf destroy -auto-approve >"$dir/destroy.out" || fail "$(cat "$dir/destroy.out")"
if [ "$live" != 1 ]; then
  echo "Searches: $(sent "POST vector_stores/[^/\"]*/search"). Uploaded: $(sent "POST files"), deleted: $(sent "DELETE files/[^/\"]*") files; made: $(sent "POST vector_stores"), deleted: $(sent "DELETE vector_stores/[^/\"]*") vector stores"
  [ "$(sent "POST files")" -eq "$(sent "DELETE files/[^/\"]*")" ] || fail "files are left"
  [ "$(sent "POST vector_stores")" -eq "$(sent "DELETE vector_stores/[^/\"]*")" ] || fail "vector stores are left"
fi
count knowledge_base

heading "file_search: a model searches the handbook by itself, and says where it found the answer"
at=search
tf init >"$dir/init.out" || fail "$(cat "$dir/init.out")"
tf apply -auto-approve >"$dir/apply.out" || fail "$(cat "$dir/apply.out")"
tf output

heading "file_search: a document changes, and the model is asked again"
[ "$live" = 1 ] || asked=$(sent "POST responses")
printf '# Leave\n\nEveryone has 30 days of paid leave a year.\n' >"$dir/search/handbook/leave.md"
tf plan -no-color -out=tfplan >"$dir/plan.out" || fail "$(cat "$dir/plan.out")"
sed -n '/^Warning: Applying/,/^$/p; /^What changed/,/^$/p' "$dir/plan.out"
tf apply tfplan >"$dir/apply.out" || fail "$(cat "$dir/apply.out")"
tf output leave
tf plan -detailed-exitcode >"$dir/plan.out" || fail "the plan after that is not empty: $(cat "$dir/plan.out")"
if [ "$live" != 1 ]; then
  [ $(($(sent "POST responses") - asked)) -eq 1 ] || fail "the model was not asked once"
fi
tf destroy -auto-approve >"$dir/destroy.out" || fail "$(cat "$dir/destroy.out")"
if [ "$live" != 1 ]; then
  [ "$(sent "POST responses")" -eq "$(sent "DELETE responses/[^/\"]*")" ] || fail "responses are left on the server"
fi
count file_search

heading "set_structured: many answers in one resource"
at=set
tf init >"$dir/init.out" || fail "$(cat "$dir/init.out")"
tf apply -auto-approve >"$dir/apply.out" || fail "$(cat "$dir/apply.out")"
count apply 3
tf output levels

heading "set_structured: one more name, and only that one is asked"
sed 's/^    status  = .*/&\n    wiki    = "Keeps what colleagues write for each other."/' "$dir/set/main.tf" >"$dir/main.tf"
mv "$dir/main.tf" "$dir/set/main.tf"
tf plan -no-color -out=tfplan >"$dir/plan.out" || fail "$(cat "$dir/plan.out")"
sed -n '/^Warning: Applying/,/^$/p' "$dir/plan.out"
tf apply tfplan >"$dir/apply.out" || fail "$(cat "$dir/apply.out")"
count apply 1
tf output levels
tf plan -detailed-exitcode >"$dir/plan.out" || fail "the plan after that is not empty: $(cat "$dir/plan.out")"
tf destroy -auto-approve >"$dir/destroy.out" || fail "$(cat "$dir/destroy.out")"
count destroy 0

heading "nightly: one apply submits a batch, and does not wait for it"
at=night
tf init >"$dir/init.out" || fail "$(cat "$dir/init.out")"
tf apply -auto-approve >"$dir/apply.out" || fail "$(cat "$dir/apply.out")"
tf output status

heading "nightly: the next apply collects what has been answered"
tf plan -no-color >"$dir/plan.out" || fail "$(cat "$dir/plan.out")"
sed -n '/^Warning: Applying/p; /answers of batch_/p' "$dir/plan.out"
tf apply -auto-approve >"$dir/apply.out" || fail "$(cat "$dir/apply.out")"
tf output
if [ "$live" != 1 ]; then # OpenAI may take until tomorrow
  [ "$(tf output -raw status)" = completed ] || fail "the batch was not collected"
  [ "$(sent "POST batches")" -eq 1 ] || fail "$(sent "POST batches") batches were submitted"
fi
tf destroy -auto-approve >"$dir/destroy.out" || fail "$(cat "$dir/destroy.out")"
count nightly

heading "Done: everything went as it should"
