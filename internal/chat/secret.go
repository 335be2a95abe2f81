package chat

import (
	"context"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// A write-only content is in neither plan nor state, so a change to it must be
// noticed by what is kept in its place: a salted hash in the private state. It
// is slow on purpose, since a secret can be short enough to be guessed.

const (
	secretKey  = "content_wo" // in the private state
	iterations = 100_000      // of PBKDF2 with SHA-256: some 30 ms
)

// digest is what is kept of write-only contents.
type digest struct {
	Salt []byte `json:"salt"`
	Hash []byte `json:"hash"`
}

// privateState is the framework's, whose type has no public name.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// secrets are the write-only contents of a configuration: one entry for each
// message, null where it has none; nil where none has. known is false where some
// are not known yet.
func secrets(config map[string]tftypes.Value) (contents []*string, known bool) {
	any := false
	known = true
	for _, message := range wire.Items(config["message"]) {
		content := wire.Fields(message)["content_wo"]
		known = known && content.IsKnown()
		any = any || !content.IsNull()
		if text, ok := wire.Text(content); ok {
			contents = append(contents, &text)
		} else {
			contents = append(contents, nil)
		}
	}
	if !any {
		return nil, known
	}
	return contents, known
}

// keepSecrets notes the write-only contents, so that a change is noticed later.
func keepSecrets(ctx context.Context, contents []*string, private privateState) diag.Diagnostics {
	d := digest{Salt: make([]byte, 16)}
	_, _ = rand.Read(d.Salt) // never fails, by its contract
	d.Hash = hash(contents, d.Salt)
	text, _ := json.Marshal(d) // bytes always encode
	return private.SetKey(ctx, secretKey, text)
}

// sameSecrets reports whether the write-only contents are those that were noted.
func sameSecrets(ctx context.Context, contents []*string, private privateState) (bool, diag.Diagnostics) {
	text, diags := private.GetKey(ctx, secretKey)
	var d digest
	if diags.HasError() || json.Unmarshal(text, &d) != nil {
		return false, diags
	}
	return hmac.Equal(hash(contents, d.Salt), d.Hash), diags
}

func hash(contents []*string, salt []byte) []byte {
	text, _ := json.Marshal(contents) // strings always encode
	sum, err := pbkdf2.Key(sha256.New, string(text), salt, iterations, sha256.Size)
	if err != nil {
		panic(err) // only a key length or salt that no caller of ours gives
	}
	return sum
}

// newVersion is a version that the provider chooses: later ones are larger.
func newVersion() tftypes.Value {
	return tftypes.NewValue(tftypes.Number, time.Now().Unix())
}
