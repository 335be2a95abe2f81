package content_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/content"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

func TestMain(m *testing.M) { acctest.Main(m) }

func source(t *testing.T, name, value string) content.Source {
	t.Helper()
	s, err := content.Of(wire.FieldsOf(wire.Values{name: tftypes.NewValue(tftypes.String, value)}))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What is too large for one piece arrives in parts, whatever argument it is in, also where one has to be sent again.
func TestUpload_inParts(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	clock := acctest.NewClock()
	c, err := client.New(client.Settings{BaseURL: s.URL, APIKey: acctest.Key, MaxRetries: 2, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	text := "0123456789abcdefghij+"
	path := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, from := range map[string]content.Source{"source": source(t, "source", path), "content": source(t, "content", text)} {
		s.Fail(emulator.Status(503, `{"error":{"message":"busy","type":"server_error"}}`).On("POST", "/uploads/"))
		answer, err := content.Upload{Source: from, Name: "a.txt", Purpose: "assistants", Anchor: "created_at", Seconds: 3600}.SendWith(t.Context(), c, 20, 5)
		if err != nil {
			t.Fatal(name, err)
		}
		id, err := answer.ID()
		sum := sha256.Sum256([]byte(text))
		if size, got, ok := s.FileSum(id); err != nil || !ok || size != 21 || got != hex.EncodeToString(sum[:]) {
			t.Errorf("%s: the server has %d bytes, %s (%v)", name, size, got, err)
		}
	}
	var parts int
	for _, r := range s.Requests() {
		if strings.HasSuffix(r.Path, "/parts") && r.Status == 200 {
			parts++
		}
	}
	if parts != 10 {
		t.Errorf("%d parts", parts)
	}
}

// A content that has changed since it was planned is not uploaded, nor is an empty one.
func TestUpload_refuses(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	c, err := client.New(client.Settings{BaseURL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	for says, u := range map[string]content.Upload{
		"has changed since it was planned": {Source: source(t, "content", "a"), SHA256: "0000", Name: "a.txt"},
		"takes no empty file":              {Source: source(t, "content", ""), Name: "a.txt"},
		"there is no file":                 {Source: source(t, "source", filepath.Join(t.TempDir(), "none"))},
	} {
		if _, err := u.Send(t.Context(), c); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %q", err, says)
		}
	}
	if made := s.Objects("files"); len(made) > 0 {
		t.Errorf("made: %v", made)
	}
}
