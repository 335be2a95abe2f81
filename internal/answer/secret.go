package answer

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

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// A write-only argument of the request is in neither plan nor state, so a change to
// it must be noticed by what is kept in its place: a salted hash in the private state.
// It is slow on purpose, since a secret can be short enough to be guessed.

const iterations = 100_000 // of PBKDF2 with SHA-256: some 30 ms

// digest is what is kept of write-only arguments.
type digest struct {
	Salt []byte `json:"salt"`
	Hash []byte `json:"hash"`
}

// privateReader is what there is of the private state when a resource is destroyed.
type privateReader interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

// privateState is the framework's, whose type has no public name.
type privateState interface {
	privateReader
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// writeOnly is the name of the request's write-only arguments; "" = it has none. Its
// hash has that name in the private state.
func (k *Kind) writeOnly() string { return writeOnlyName(k.Request) }

func writeOnlyName(as kinds.Attributes) string {
	for i := range as {
		if as[i].WriteOnly && !as[i].Credential {
			return as[i].Name
		}
		if name := writeOnlyName(as[i].Fields); name != "" {
			return name
		}
	}
	return ""
}

// version is the name of the argument that stands for a change of write-only ones.
func (k *Kind) version() string { return k.writeOnly() + "_version" }

// secrets are the values of write-only arguments, in the order of the declaration:
// one entry for each place where one could be, null where there is none; nil where
// none has a value. known is false where some are not known yet.
func (k *Kind) secrets(arguments wire.Fields) (secrets []*string, known bool) {
	known = true
	any := false
	eachWriteOnly(k.Request, arguments, func(a *kinds.Attribute, v tftypes.Value) {
		if a.Credential {
			return
		}
		known = known && v.IsKnown()
		any = any || !v.IsNull()
		if text, ok := wire.Text(v); ok {
			secrets = append(secrets, &text)
		} else {
			secrets = append(secrets, nil)
		}
	})
	if !any {
		return nil, known
	}
	return secrets, known
}

// eachWriteOnly visits the values of write-only arguments, in the order of the declaration. Only the managed resource
// has them.
func eachWriteOnly(as kinds.Attributes, fields wire.Fields, visit func(*kinds.Attribute, tftypes.Value)) {
	for i := range as {
		a := &as[i]
		if !a.HasWriteOnly() || !fields.Has(a.Name) {
			continue
		}
		switch v := fields.Get(a.Name); {
		case a.WriteOnly:
			visit(a, v)
		case a.Shape == kinds.Objects:
			for _, item := range wire.Items(v) {
				eachWriteOnly(a.Fields, wire.Open(item), visit)
			}
		case a.Shape == kinds.Object:
			eachWriteOnly(a.Fields, wire.Open(v), visit)
		}
	}
}

// credentials are the values of arguments that say who asks, those in maps included.
func (k *Kind) credentials(arguments wire.Fields) []string {
	var texts []string
	eachWriteOnly(k.Request, arguments, func(a *kinds.Attribute, v tftypes.Value) {
		if !a.Credential {
			return
		}
		if text, ok := wire.Text(v); ok {
			texts = append(texts, text)
		}
		for _, value := range wire.Entries(v) {
			if text, ok := wire.Text(value); ok {
				texts = append(texts, text)
			}
		}
	})
	return texts
}

// secretTexts are the write-only values that are there.
func (k *Kind) secretTexts(arguments wire.Fields) []string {
	texts := k.credentials(arguments)
	secrets, _ := k.secrets(arguments)
	for _, secret := range secrets {
		if secret != nil {
			texts = append(texts, *secret)
		}
	}
	return texts
}

// keepSecrets notes write-only values, so that a change is noticed later.
func (k *Kind) keepSecrets(ctx context.Context, secrets []*string, private privateState) diag.Diagnostics {
	d := digest{Salt: make([]byte, 16)}
	_, _ = rand.Read(d.Salt) // never fails, by its contract
	d.Hash = hash(secrets, d.Salt)
	text, _ := json.Marshal(d) // bytes always encode
	return private.SetKey(ctx, k.writeOnly(), text)
}

// sameSecrets reports whether write-only values are those that were noted.
func (k *Kind) sameSecrets(ctx context.Context, secrets []*string, private privateState) (bool, diag.Diagnostics) {
	text, diags := private.GetKey(ctx, k.writeOnly())
	var d digest
	if diags.HasError() || json.Unmarshal(text, &d) != nil {
		return false, diags
	}
	return hmac.Equal(hash(secrets, d.Salt), d.Hash), diags
}

func hash(secrets []*string, salt []byte) []byte {
	text, _ := json.Marshal(secrets) // strings always encode
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

// secretChange is what has become of the write-only values of an answer that exists.
type secretChange int

const (
	secretsSame    secretChange = iota
	secretsChanged              // certainly
	secretsOpen                 // some are not known yet
)

// compareSecrets says what has become of write-only values: of the version that the
// user gives or, where there is none, of the values themselves.
func (k *Kind) compareSecrets(ctx context.Context, config, prior wire.Fields, private privateState) (secretChange, diag.Diagnostics) {
	if k.writeOnly() == "" {
		return secretsSame, nil
	}
	given, before := config.Get(k.version()), prior.Get(k.version())
	secrets, known := k.secrets(config)
	switch {
	case !given.IsKnown():
		return secretsOpen, nil
	case !given.IsNull():
		return changedUnless(given.Equal(before)), nil
	case secrets == nil && known:
		return changedUnless(before.IsNull()), nil // else a write-only value has gone
	case !known:
		return secretsOpen, nil
	}
	same, diags := k.sameSecrets(ctx, secrets, private)
	return changedUnless(same), diags
}

func changedUnless(same bool) secretChange {
	if same {
		return secretsSame
	}
	return secretsChanged
}
