package acctest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/provider"
)

// Init leaves behind what "init" does in a folder that needs no provider but ours. There are no checksums in the lock
// file: each run of the CLI would hash the test program, which takes longer than all the rest of it.
func (d *Dir) Init() {
	d.t.Helper()
	host, source, _ := strings.Cut(provider.Address, "/")
	if IsTofu() {
		host = "registry.opentofu.org"
	}
	installed := filepath.Join(host, filepath.FromSlash(source), installedVersion)
	found, err := filepath.Glob(filepath.Join(d.in.mirror, installed, "*"))
	if err != nil || len(found) != 1 {
		d.t.Fatalf("installed are %q, %v", found, err)
	}
	to := filepath.Join(d.Path, ".terraform", "providers", installed)
	if err := os.MkdirAll(to, 0o700); err != nil {
		d.t.Fatal(err)
	}
	if err := os.Symlink(found[0], filepath.Join(to, filepath.Base(found[0]))); err != nil {
		d.t.Fatal(err)
	}
	d.Write(".terraform.lock.hcl", fmt.Sprintf("provider %q {\n  version = %q\n}\n", host+"/"+source, installedVersion))
}
