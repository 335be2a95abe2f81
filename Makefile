# The provider's address, HOST/NAMESPACE/TYPE. internal/provider/address.go has it too; a test compares them.
PROVIDER_HOST = registry.terraform.io
PROVIDER_NAMESPACE = seed-7e69199f
PROVIDER_TYPE = openai

VERSION ?= dev
TESTARGS ?=
FUZZTIME ?= 10s
SOAK_RESOURCES ?= 200

# The provider's module, and that of tests which need more than the provider does. "./..." ends at a module's border.
MODULES = . internal/faults
in_each_module = { failed=; for module in $(MODULES); do $(1) || failed=1; done; [ -z "$$failed" ]; }

export CLI

.PHONY: help build demo test test-framework race soak thorough fuzz bench lint fmt tidy generate check-generated

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  make %-16s %s\n", $$1, $$2}'
	@echo
	@echo "CLI=terraform, CLI=tofu or CLI=/path/to/either chooses the CLI of demo, test, race, soak, thorough and bench."

build: ## Build the provider and the emulator into bin/
	go build -ldflags "-X main.version=$(VERSION)" -o bin/ . ./cmd/openai-emulator

demo: ## Run six examples from init to destroy, against the emulator
	@scripts/demo.sh

test: ## Run all tests, those that need a CLI included
	@$(call in_each_module,scripts/test.sh -C $$module -count=1 -timeout 20m $(TESTARGS) ./...)

test-framework: ## Run the tests of what has resources without the short cuts of internal/serve
	@OPENAI_PROVIDER_FRAMEWORK_ONLY=1 scripts/test.sh -count=1 -timeout 20m $(TESTARGS) ./internal/chat ./internal/decision ./internal/embedding ./internal/moderation ./internal/provider

race: ## Run all tests with the race detector
	@$(call in_each_module,scripts/test.sh -C $$module -race -count=1 -timeout 40m $(TESTARGS) ./...)

soak: ## Ask a bad server with SOAK_RESOURCES resources at once, as every night
	@SOAK_RESOURCES=$(SOAK_RESOURCES) scripts/test.sh -C internal/faults -run TestSoak -v -count=1 -timeout 40m $(TESTARGS) .

thorough: ## Run what the usual tests take a part of: all faults, a large set, and many random configurations, as every night
	@FAULTS=all scripts/test.sh -C internal/faults -run 'TestMatrix|TestSetSoak' -count=1 -timeout 40m .
	@scripts/test.sh -run TestParity_of -count=1 -timeout 40m ./internal/serve -seeds 100

fuzz: ## Run each fuzz test for FUZZTIME
	@scripts/fuzz.sh $(FUZZTIME)

bench: ## Measure the provider's own cost (BENCHARGS=-h lists the parts)
	@cli=$$(scripts/cli.sh) && env -u TF_CLI_CONFIG_FILE go run ./bench -cli "$$cli" $(BENCHARGS)

lint: ## Check the code
	@golangci_lint=$$(scripts/tool.sh golangci-lint) && $(call in_each_module,(cd $$module && "$$golangci_lint" run ./...))

fmt: ## Format Go code and examples; the seed stays as it is
	@golangci_lint=$$(scripts/tool.sh golangci-lint) && $(call in_each_module,(cd $$module && "$$golangci_lint" fmt ./...))
	@cli=$$(scripts/cli.sh) && find examples -name '*.tf' ! -path 'examples/seed/main.tf' -exec env -u TF_CLI_CONFIG_FILE "$$cli" fmt {} \;

tidy: ## Bring go.mod and go.sum up to date
	@$(call in_each_module,(cd $$module && GOWORK=off go mod tidy))

generate: ## Write docs/ anew from schemas, templates/ and examples/
	@scripts/generate.sh

check-generated: generate ## Fail if docs/ is not what generate writes
	@git diff --exit-code -- docs
	@untracked=$$(git ls-files --others --exclude-standard -- docs) && \
	  { [ -z "$$untracked" ] || { echo "Not committed: $$untracked" >&2; exit 1; }; }
