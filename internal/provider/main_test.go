package provider_test

import (
	"context"
	"log"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
)

// TestMain runs the tests, or is the provider that stands in for hashicorp/local.
func TestMain(m *testing.M) {
	if strings.HasPrefix(filepath.Base(os.Args[0]), "terraform-provider-local_") {
		local := func() provider.Provider { return localFiles{} }
		if err := providerserver.Serve(context.Background(), local, providerserver.ServeOpts{Address: "registry.terraform.io/hashicorp/local"}); err != nil {
			log.Fatal(err)
		}
		return
	}
	acctest.Main(m)
}
