package recording_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
)

func labelled(prompt, label string) recording.Question {
	return question(prompt).Presented(recording.Presentation{Label: label})
}

func TestLabel_standsInTheFilesNameAndText(t *testing.T) {
	t.Parallel()
	n := question("a").Name()
	for label, want := range map[string]string{
		"":                      n,
		"billing":               "billing." + n,
		"eu-west-1/api v2.json": "eu-west-1-api-v2-json." + n,
		"../../etc/passwd":      "etc-passwd." + n,
		".hidden":               "hidden." + n,
		"-rf":                   "rf." + n,
		"Zürich_1":              "Z-rich_1." + n,
		"東京":                    n,
		"Con":                   "Con_." + n,
		"a\x00\nb":              "a-b." + n,
		strings.Repeat("x", 63) + "-y" + strings.Repeat("z", 500): strings.Repeat("x", 63) + "." + n,
	} {
		dir := t.TempDir()
		var calls atomic.Int32
		taken, err := open(dir, "").Take(t.Context(), labelled("a", label), says("x", &calls))
		if err != nil || taken.File != filepath.Join(dir, want+".json") {
			t.Fatalf("%q: %s, %v", label, taken.File, err)
		}
		text, err := os.ReadFile(taken.File)
		if err != nil || strings.Contains(string(text), fmt.Sprintf("\n  \"label\": %q,\n", label)) != (label != "" && !strings.Contains(label, "\x00")) {
			t.Errorf("%q: the recording is\n%s", label, text)
		}
		if files := list(t, dir); len(files) != 1 {
			t.Errorf("%q: there is %v", label, files)
		}
		unusable, err := open(dir, recording.Refresh).Take(t.Context(), labelled("a", label), func(context.Context) (recording.Asked, error) {
			return recording.Asked{Answer: recording.Answer{Body: []byte(`{"a":1}`)}, Unusable: []string{"a is no text"}}, nil
		})
		if err != nil || !strings.HasPrefix(filepath.Base(unusable.File), want+".2026") {
			t.Errorf("%q: an unusable answer is in %s, %v", label, unusable.File, err)
		}
	}
}

// A label is no part of what was asked: whatever it is, the recording is found, and stays where it is.
func TestLabel_findsNothingAndHidesNothing(t *testing.T) {
	t.Parallel()
	n := question("a").Name()
	for _, was := range []string{n + ".json", "old." + n + ".json", "renamed by.hand-1." + n + ".json"} {
		dir := t.TempDir()
		file := filepath.Join(dir, was)
		write(t, file, recorded(t, question("a")))
		write(t, filepath.Join(dir, "x."+question("b").Name()+".json"), recorded(t, question("b")))
		write(t, filepath.Join(dir, "a."+n+".20261124T120000.000000123Z.unusable.json"), "{")
		for _, label := range []string{"", "old", "new"} {
			for _, mode := range []recording.Mode{recording.Reuse, recording.Replay} {
				taken, err := open(dir, mode).Take(t.Context(), labelled("a", label), never(t))
				if err != nil || !taken.Recorded || taken.File != file {
					t.Errorf("%s, label %q: %+v, %v", was, label, taken, err)
				}
			}
		}
		var calls atomic.Int32
		taken, err := open(dir, recording.Refresh).Take(t.Context(), labelled("a", "new"), says("new", &calls))
		if err != nil || taken.File != file || calls.Load() != 1 || len(list(t, dir)) != 3 {
			t.Errorf("%s, refreshed: %+v, %v; there is %v", was, taken, err, list(t, dir))
		}
	}
}

// One without a label comes first, then the question's own, then the first of the others.
func TestLabel_ofSeveralOneCounts(t *testing.T) {
	t.Parallel()
	dir, n := t.TempDir(), question("a").Name()
	for _, label := range []string{"k.", "c.", "b.", "d.", "a1.", "z.", "e.", "f.", ""} {
		write(t, filepath.Join(dir, label+n+".json"), recorded(t, question("a")))
	}
	for _, want := range []string{n + ".json", "d." + n + ".json", "a1." + n + ".json", "b." + n + ".json", "c." + n + ".json"} {
		taken, err := open(dir, recording.Replay).Take(t.Context(), labelled("a", "d"), never(t))
		if err != nil || taken.File != filepath.Join(dir, want) {
			t.Errorf("got %s, %v; want %s", taken.File, err, want)
		}
		if err := os.Remove(taken.File); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLabel_ofManyThatAskTheSameTheFirstWins(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stores := []*recording.Store{open(dir, ""), open(dir, "")} // as if in two processes
	var calls atomic.Int32
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if _, err := stores[i%2].Take(t.Context(), labelled("a", fmt.Sprint("label", i)), says("x", &calls)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if files := list(t, dir); calls.Load() != 1 || len(files) != 1 {
		t.Errorf("%d calls; there is %v", calls.Load(), files)
	}
}

// An answer that was written completely before a kill is taken, whatever label it was asked with.
func TestLabel_ofATemporaryFile(t *testing.T) {
	t.Parallel()
	dir, n := t.TempDir(), question("a").Name()
	write(t, filepath.Join(dir, ".old."+n+".json.XYZ.tmp"), recorded(t, question("a")))
	taken, err := open(dir, "").Take(t.Context(), labelled("a", "new"), never(t))
	if files := list(t, dir); err != nil || !taken.Recorded || !slices.Equal(files, []string{"old." + n + ".json"}) {
		t.Errorf("%+v, %v; there is %v", taken, err, files)
	}
}

// It takes the place of the recording that is there.
func TestLabel_ofATemporaryFileInTheModeRefresh(t *testing.T) {
	t.Parallel()
	dir, n := t.TempDir(), question("a").Name()
	write(t, filepath.Join(dir, "old."+n+".json"), recorded(t, question("a")))
	write(t, filepath.Join(dir, ".new."+n+".json.XYZ.tmp"), strings.Replace(recorded(t, question("a")), `"x"`, `"y"`, 1))
	failed := errors.New("401")
	_, err := open(dir, recording.Refresh).Take(t.Context(), labelled("a", "new"), func(context.Context) (recording.Asked, error) { return recording.Asked{}, failed })
	text, _ := os.ReadFile(filepath.Join(dir, "old."+n+".json"))
	if files := list(t, dir); !errors.Is(err, failed) || len(files) != 1 || !strings.Contains(string(text), `"y"`) {
		t.Errorf("%v; there is %v, with\n%s", err, files, text)
	}
}

func TestNearest_namesTheFileWithItsLabel(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var calls atomic.Int32
	taken, err := open(dir, "").Take(t.Context(), labelled("status: one", "status"), says("x", &calls))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := open(dir, recording.Replay).Nearest(labelled("status: two", "status")), "The nearest recording is "+taken.File+"; its request differs in messages[0].content."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// BenchmarkFind looks for one of a thousand recordings: under its own label, under another, and in vain.
func BenchmarkFind(b *testing.B) {
	dir := b.TempDir()
	var calls atomic.Int32
	for i := range 1000 {
		if _, err := open(dir, "").Take(b.Context(), labelled(fmt.Sprint(i), fmt.Sprint("label", i)), says("x", &calls)); err != nil {
			b.Fatal(err)
		}
	}
	for name, q := range map[string]recording.Question{"own": labelled("500", "label500"), "another": labelled("500", "other"), "none": labelled("x", "label")} {
		b.Run(name, func(b *testing.B) {
			store := open(dir, "")
			for b.Loop() {
				if _, found, err := store.Find(q); err != nil || found == (name == "none") {
					b.Fatal(found, err)
				}
			}
		})
	}
}
