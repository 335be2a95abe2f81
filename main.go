// terraform-provider-openai is a Terraform and OpenTofu provider that asks chat
// models and keeps their answers. "terraform-provider-openai recordings" looks after
// answers that are kept in files.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/command"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/provider"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/serve"
)

const usage = `Usage: terraform-provider-openai [OPTIONS]
       terraform-provider-openai recordings COMMAND

Terraform and OpenTofu start this program as a plugin, without arguments.
"recordings" looks after answers that are kept in files: list, show, prune.
"recordings -h" says more.

Options:
`

// version is set by the release build.
var version = "dev"

func main() {
	if len(os.Args) > 1 && os.Args[1] == "recordings" { // Terraform starts a plugin without arguments
		os.Exit(command.Recordings(os.Args[2:], os.Stdin, os.Stdout, os.Stderr))
	}
	debug := flag.Bool("debug", false, "keep running, for a debugger to attach")
	profile := flag.String("profile", os.Getenv("OPENAI_PROVIDER_PROFILE"), "directory for CPU and heap profiles (also OPENAI_PROVIDER_PROFILE, since Terraform passes no flags)")
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), usage)
		flag.PrintDefaults()
	}
	flag.Parse()
	err := serve.Serve(func() serve.Provider { return provider.New(version) },
		serve.Options{Address: provider.Address, Debug: *debug, Profile: *profile})
	if err != nil {
		log.Fatal(err)
	}
}
