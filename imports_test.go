package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
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
var area = rule{may: []string{"answer", "area", "client", "content", "job", "jsontext", "kinds", "object", "report", "rules", "wire"}, never: []string{"net/http/httptest"}}

// rules is the whole plan of who may import whom. A new package needs a line here.
var rules = map[string]rule{
	".":                   {may: []string{"command", "provider", "serve"}},
	"cmd/openai-emulator": {may: []string{"emulator"}},
	"cmd/provider-schema": {may: []string{"provider", "serve"}},

	"internal/serve":        {},
	"internal/command":      {may: []string{"jsontext", "recording"}, never: []string{"github.com/hashicorp/", "net/http"}},
	"internal/provider":     {may: []string{"area", "batch", "chat", "client", "conversation", "decision", "embedding", "file", "functions", "kinds", "models", "moderation", "recording", "response", "usage", "vectorstore", "webhook"}},
	"internal/chat":         {may: append(slices.Clone(area.may), "generation", "set"), never: area.never},
	"internal/response":     {may: append(slices.Clone(area.may), "generation", "set"), never: area.never},
	"internal/batch":        area,
	"internal/models":       area,
	"internal/conversation": area,
	"internal/decision":     area,
	"internal/embedding":    area,
	"internal/file":         area,
	"internal/moderation":   area,
	"internal/usage":        area,
	"internal/vectorstore":  area,
	"internal/webhook":      area,

	"internal/functions":  {may: []string{"jsontext", "structured"}, never: []string{"net/http/httptest"}},
	"internal/structured": {may: []string{"jsontext"}, never: []string{"github.com/hashicorp/", "net/http"}},

	"internal/answer":     {may: []string{"area", "client", "journal", "jsontext", "kinds", "recording", "report", "rules", "wire"}, never: area.never},
	"internal/generation": {may: []string{"answer", "jsontext", "kinds", "rules", "structured", "wire"}, never: area.never},
	"internal/set":        {may: []string{"answer", "area", "client", "job", "journal", "kinds", "recording", "report", "wire"}, never: area.never},
	"internal/content":    {may: []string{"client", "wire"}, never: area.never},
	"internal/job":        {may: []string{"client", "object"}, never: area.never},
	"internal/object":     {may: []string{"area", "client", "kinds", "report", "wire"}, never: area.never},
	"internal/area":       {},
	"internal/rules":      {may: []string{"kinds", "wire"}},

	"internal/report":    {may: []string{"client", "kinds", "wire"}},
	"internal/wire":      {may: []string{"jsontext", "kinds"}},
	"internal/kinds":     {may: []string{"jsontext"}},
	"internal/jsontext":  {never: []string{"github.com/", "net/http"}},
	"internal/journal":   {never: []string{"github.com/", "net/http"}},
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
	seen := map[string]bool{}
	for _, pkg := range packages(t) {
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

type goPackage struct {
	ImportPath    string
	Imports, Deps []string
}

// packages are those of every module in the Makefile.
func packages(t *testing.T) (found []goPackage) {
	t.Helper()
	for _, dir := range strings.Fields(makefileVariable(t, "MODULES")) {
		for in := json.NewDecoder(bytes.NewReader(goOutput(t, "list", "-C", dir, "-json=ImportPath,Imports,Deps", "./..."))); ; {
			var pkg goPackage
			if err := in.Decode(&pkg); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			found = append(found, pkg)
		}
	}
	return found
}

func goOutput(t *testing.T, command string, arguments ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{command}, arguments...)...)
	cmd.Env = append(os.Environ(), "GOWORK=off")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v", command, err)
	}
	return out
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
	var parts []string
	for _, name := range []string{"PROVIDER_HOST", "PROVIDER_NAMESPACE", "PROVIDER_TYPE"} {
		parts = append(parts, makefileVariable(t, name))
	}
	if address := strings.Join(parts, "/"); address != provider.Address {
		t.Errorf("Makefile: %s, provider: %s", address, provider.Address)
	}
}

// makefileVariable is what the Makefile sets, white space around it aside.
func makefileVariable(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^` + name + ` *:?= *(\S.*?) *$`).FindSubmatch(text)
	if found == nil {
		t.Fatalf("the Makefile does not set %s", name)
	}
	return string(found[1])
}

// A module that the Makefile does not know would never be tested, and one with other versions than
// the provider's would test another provider.
func TestModules(t *testing.T) {
	t.Parallel()
	var dirs []string
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (path == "tools" || path != "." && strings.HasPrefix(entry.Name(), ".")):
			return fs.SkipDir
		case entry.Name() == "go.mod":
			dirs = append(dirs, filepath.ToSlash(filepath.Dir(path)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if known := strings.Fields(makefileVariable(t, "MODULES")); !slices.Equal(known, dirs) {
		t.Errorf("MODULES = %v in the Makefile, but there are %v", known, dirs)
	}

	ours := requirements(t, ".")
	for _, dir := range dirs {
		for path, version := range requirements(t, dir) {
			if own, ok := ours[path]; ok && own != version {
				t.Errorf("%s requires %s %s, the provider %s", dir, path, version, own)
			}
		}
	}
}

func requirements(t *testing.T, dir string) map[string]string {
	t.Helper()
	var mod struct {
		Require []struct{ Path, Version string }
	}
	if err := json.Unmarshal(goOutput(t, "mod", "edit", "-json", dir+"/go.mod"), &mod); err != nil {
		t.Fatal(err)
	}
	versions := map[string]string{}
	for _, r := range mod.Require {
		versions[r.Path] = r.Version
	}
	return versions
}
