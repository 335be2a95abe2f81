// terraform-provider-openai is a Terraform and OpenTofu provider that asks chat
// models and keeps their answers.
package main

import (
	"flag"
	"log"
	"os"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/provider"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/serve"
)

// version is set by the release build.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "keep running, for a debugger to attach")
	profile := flag.String("profile", os.Getenv("OPENAI_PROVIDER_PROFILE"), "directory for CPU and heap profiles (also OPENAI_PROVIDER_PROFILE, since Terraform passes no flags)")
	flag.Parse()
	err := serve.Serve(func() serve.Provider { return provider.New(version) },
		serve.Options{Address: provider.Address, Debug: *debug, Profile: *profile})
	if err != nil {
		log.Fatal(err)
	}
}
