package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/provider"
)

const module = "github.com/seed-7e69199f/terraform-provider-openai"

// rule says what a package may import, tests aside.
type rule struct {
	may   []string // packages of this repository, by their last element; "*" = any
	never []string // prefixes of packages that it must not reach, directly or through others
}

// An area is one part of the API. Areas never import each other.
var area = rule{may: []string{"client", "jsontext", "kinds", "recording", "report", "wire"}, never: []string{"net/http/httptest"}}

// rules is the whole plan of who may import whom. A new package needs a line here.
var rules = map[string]rule{
	".":                   {may: []string{"provider", "serve"}},
	"cmd/openai-emulator": {may: []string{"emulator"}},
	"cmd/provider-schema": {may: []string{"provider", "serve"}},

	"internal/serve":    {},
	"internal/provider": {may: []string{"chat", "client", "functions", "kinds", "models", "recording"}},
	"internal/chat":     {may: append(slices.Clone(area.may), "structured"), never: area.never},
	"internal/models":   area,

	"internal/functions":  {may: []string{"structured"}, never: []string{"net/http/httptest"}},
	"internal/structured": {never: []string{"github.com/hashicorp/", "net/http"}},

	"internal/report":    {may: []string{"client", "kinds", "wire"}},
	"internal/wire":      {may: []string{"jsontext", "kinds"}},
	"internal/kinds":     {may: []string{"jsontext"}},
	"internal/jsontext":  {never: []string{"github.com/", "net/http"}},
	"internal/recording": {may: []string{"jsontext"}, never: []string{"github.com/hashicorp/", "net/http"}},
	"internal/client":    {may: []string{"jsontext", "recording", "transport"}, never: []string{"github.com/hashicorp/terraform-plugin"}},
	"internal/transport": {never: []string{"github.com/hashicorp/"}},

	"internal/emulator": {never: []string{"github.com/hashicorp/", "github.com/openai/"}},
	"internal/openapi":  {never: []string{"github.com/hashicorp/", "github.com/openai/"}},
	"internal/acctest":  {may: []string{"*"}},
	"internal/faults":   {},
}

func TestImports(t *testing.T) {
	t.Parallel()
	list := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Deps", "./...")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for in := json.NewDecoder(strings.NewReader(string(out))); ; {
		var pkg struct {
			ImportPath    string
			Imports, Deps []string
		}
		if err := in.Decode(&pkg); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		name := room(pkg.ImportPath)
		seen[name] = true
		r, ok := rules[name]
		if !ok {
			if name == "." || strings.HasPrefix(name, "internal/") || strings.HasPrefix(name, "cmd/") {
				t.Errorf("%s has no rule", name)
			}
			continue
		}
		for _, imported := range pkg.Imports {
			if imported != module && !strings.HasPrefix(imported, module+"/") {
				continue
			}
			other := room(imported)
			if !slices.Contains(r.may, "*") && !slices.Contains(r.may, strings.TrimPrefix(other, "internal/")) {
				t.Errorf("%s must not import %s", name, other)
			}
		}
		for _, reached := range pkg.Deps {
			for _, prefix := range r.never {
				if strings.HasPrefix(reached, prefix) {
					t.Errorf("%s must not reach %s", name, reached)
				}
			}
		}
	}
	for name := range rules {
		if !seen[name] {
			t.Errorf("there is a rule for %s, but no such package", name)
		}
	}
}

func room(importPath string) string {
	if importPath == module {
		return "."
	}
	return strings.TrimPrefix(importPath, module+"/")
}

// A fork changes the address in two places; they must agree.
func TestAddress(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, name := range []string{"PROVIDER_HOST", "PROVIDER_NAMESPACE", "PROVIDER_TYPE"} {
		found := regexp.MustCompile(`(?m)^` + name + ` *:?= *(\S+)$`).FindSubmatch(text)
		if found == nil {
			t.Fatalf("the Makefile does not set %s", name)
		}
		parts = append(parts, string(found[1]))
	}
	if address := strings.Join(parts, "/"); address != provider.Address {
		t.Errorf("Makefile: %s, provider: %s", address, provider.Address)
	}
}
