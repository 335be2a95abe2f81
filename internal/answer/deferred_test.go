package answer

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// The name of a note is a slow hash where there is a secret in the request, and does not depend on labels.
func TestNoteName(t *testing.T) {
	t.Parallel()
	k := &Kind{
		Type: "x", Noun: "x", Endpoint: []string{"x"}, Labels: []string{"metadata"},
		Request: kinds.Declare(
			kinds.Attribute{Name: "prompt", Shape: kinds.String}, kinds.Attribute{Name: "prompt_wo", Wire: "prompt", Shape: kinds.String, WriteOnly: true},
			kinds.Attribute{Name: "metadata", Shape: kinds.String},
		),
	}
	named := func(values map[string]string) (name string, fast bool) {
		t.Helper()
		all := wire.Values{}
		for _, a := range k.Attributes() {
			all[a.Name] = a.Absent()
			if text, ok := values[a.Name]; ok {
				all[a.Name] = tftypes.NewValue(tftypes.String, text)
			}
		}
		r, err := k.newRequest(wire.FieldsOf(all))
		if err != nil {
			t.Fatal(err)
		}
		q, err := asker{kind: k}.question(r)
		if err != nil {
			t.Fatal(err)
		}
		if name, err = r.noteName("default"); err != nil || len(name) != 64 {
			t.Fatal(err, name)
		}
		sum := sha256.Sum256([]byte("deferred default " + q.Name()))
		return name, name == hex.EncodeToString(sum[:])
	}
	plain, fast := named(map[string]string{"prompt": "a"})
	secret, revealed := named(map[string]string{"prompt_wo": "a"})
	labelled, _ := named(map[string]string{"prompt": "a", "metadata": "x"})
	other, _ := named(map[string]string{"prompt_wo": "b"})
	again, _ := named(map[string]string{"prompt_wo": "a"})
	if !fast || revealed || plain != labelled || secret == plain || secret == other || secret != again {
		t.Errorf("the names are %s, %s, %s, %s, %s", plain, secret, labelled, other, again)
	}
}
