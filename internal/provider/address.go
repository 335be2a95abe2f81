package provider

// Address is where the provider lives in a registry. The Makefile says it a
// second time; a fork changes both and nothing else.
const Address = "registry.terraform.io/seed-7e69199f/openai"
