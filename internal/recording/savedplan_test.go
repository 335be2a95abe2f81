package recording_test

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
)

func TestPromise_readsTheSavedPlan(t *testing.T) {
	t.Parallel()
	file := question("a").Name() + ".json"
	for kind, test := range map[string]struct {
		entries map[string]string // nil = no archive
		want    recording.Promise
	}{
		"created":             {map[string]string{"tfplan": "\x00content\xd9\x45" + file + "\x80", "tfstate": "{}"}, recording.Shown},
		"replaced":            {map[string]string{"tfplan": file + " before, after " + file, "tfstate": `{"recording":"` + file + `"}`}, recording.Shown},
		"replaced, left open": {map[string]string{"tfplan": file + " before, after unknown", "tfstate": `{"recording":"` + file + `"}`}, recording.Open},
		"of another":          {map[string]string{"tfplan": question("b").Name() + ".json", "tfstate": "{}"}, recording.Open},
		"no name":             {map[string]string{"tfplan": "x.json .json" + file[1:], "tfstate": "{}"}, recording.Open},
		"empty":               {map[string]string{"tfplan": "", "tfstate": ""}, recording.Open},
		"half":                {map[string]string{"tfplan": file}, recording.Unclear},
		"encrypted":           {nil, recording.Unclear},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			plan := savedPlan(t, test.entries)
			store := recording.New(recording.Options{Directory: t.TempDir(), SavedPlan: recording.NewSavedPlan(plan)})
			if got := store.Promise(question("a")); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
	if got := open(t.TempDir(), "").Promise(question("a")); got != recording.NoPlan {
		t.Errorf("without a plan: got %d", got)
	}
}

// savedPlan is the file of a plan with these entries; nil = no archive.
func savedPlan(t *testing.T, entries map[string]string) string {
	t.Helper()
	plan := filepath.Join(t.TempDir(), "plan")
	out, err := os.Create(plan)
	if err != nil {
		t.Fatal(err)
	}
	if entries == nil {
		_, err = out.WriteString(`{"encrypted_data":"…"}`)
	} else {
		archive := zip.NewWriter(out)
		for entry, text := range entries {
			w, _ := archive.Create(entry)
			_, _ = w.Write([]byte(text))
		}
		err = archive.Close()
	}
	if err != nil || out.Close() != nil {
		t.Fatal(err)
	}
	return plan
}
