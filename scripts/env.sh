# Sourced by the other scripts: where things are, and an environment that the user's own settings
# for Terraform and OpenAI do not reach.
# shellcheck shell=sh

root=$(cd "$(dirname "$0")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/terraform-provider-openai

# The provider's address is stated once, in the Makefile.
makefile_variable() { sed -n "s/^$1 *:*= *//p" "$root/Makefile"; }
provider_host=$(makefile_variable PROVIDER_HOST)
provider_namespace=$(makefile_variable PROVIDER_NAMESPACE)
provider_type=$(makefile_variable PROVIDER_TYPE)

fail() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

for name in $(env | sed -nE 's/^((AZURE_)?OPENAI_[A-Z0-9_]*|TF_[A-Za-z0-9_]*)=.*/\1/p'); do
  case $name in
  OPENAI_OPENAPI | OPENAI_PROVIDER_FRAMEWORK_ONLY | TF_LOG* | TF_ACC_LOG* | TF_ACC_PERSIST_WORKING_DIR) ;;
  *OPENAI_*) [ "${DEMO_LIVE-}" = 1 ] || unset "$name" ;;
  *) unset "$name" ;;
  esac
done
export CHECKPOINT_DISABLE=1 GOWORK=off
