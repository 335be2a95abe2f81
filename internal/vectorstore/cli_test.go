package vectorstore_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

const knowledge = `
resource "openai_vector_store" "handbook" {
  name = "handbook"
}
resource "openai_vector_store_files" "handbook" {
  vector_store_id = openai_vector_store.handbook.id
  documents = {
    for f in fileset(path.module, "docs/*.md") : f => {
      source     = "${path.module}/${f}"
      attributes = { language = "en", length = length(f), draft = false }
    }
  }
}
`

// A folder goes through the real CLI: it is kept in step; a provider that is killed once it has done its work, and before
// Terraform hears of it, leaves nothing to be uploaded again; and nothing is left in the end.
func TestDocuments_withTheCLI(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	store, _, _ := strings.Cut(knowledge, `resource "openai_vector_store_files"`)
	files := map[string]string{"main.tf": s.Provider() + store, "docs/a.md": "# A", "docs/b.md": "# B"}
	dir := acctest.Install(t).Dir(t, files)
	dir.Init()
	dir.MustRun("apply", "-auto-approve")
	if err := os.WriteFile(filepath.Join(dir.Path, "main.tf"), []byte(s.Provider()+knowledge), 0o600); err != nil {
		t.Fatal(err)
	}
	killed := dir.With(acctest.KillOnceAnswered(filepath.Join(t.TempDir(), "killed")))
	if output, err := killed.Run("apply", "-auto-approve"); err == nil {
		t.Fatalf("nothing was killed:\n%s", output)
	}
	dir.MustRun("apply", "-auto-approve")
	if got := uploads(s); got != 2 || len(s.Objects("files")) != 2 {
		t.Errorf("%d uploads, files %v", got, s.Objects("files"))
	}
	if output, err := dir.Run("plan", "-detailed-exitcode"); err != nil {
		t.Errorf("the plan is not empty: %v\n%s", err, output)
	}

	if err := os.WriteFile(filepath.Join(dir.Path, "docs", "a.md"), []byte("# A, anew"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir.Path, "docs", "b.md")); err != nil {
		t.Fatal(err)
	}
	dir.MustRun("apply", "-auto-approve")
	if got := uploads(s); got != 3 || len(s.Objects("files")) != 1 {
		t.Errorf("%d uploads, files %v", got, s.Objects("files"))
	}
	dir.MustRun("destroy", "-auto-approve")
	if left := append(s.Objects("files"), s.Objects("vector_stores")...); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func uploads(s *acctest.Server) (n int) {
	for _, r := range s.Requests() {
		if r.Method == "POST" && strings.HasSuffix(r.Path, "/v1/files") {
			n++
		}
	}
	return n
}
