package webhook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// The attributes that are about the secret.
const (
	inState    = "signing_secret_in_state"
	publicKey  = "public_key"
	rotateWhen = "rotate_when"
	keepOld    = "keep_old_secret"
	plain      = "signing_secret"
	encrypted  = "encrypted_signing_secret"
	hint       = "signing_secret_hint"
)

// rotates reports whether a change asks for another secret. An endpoint that was imported has no place for one until its
// first change, which therefore only says where the next one goes.
func rotates(prior, now wire.Fields) bool {
	if prior.Get(publicKey).IsNull() && !prior.True(inState) {
		return false
	}
	was, is := prior.Get(rotateWhen), now.Get(rotateWhen)
	none := is.IsKnown() && len(wire.Entries(was)) == 0 && len(wire.Entries(is)) == 0
	return !prior.Get(publicKey).Equal(now.Get(publicKey)) || !none && !was.Equal(is)
}

// planSecret says which attributes a new secret will have a value in.
func planSecret(_ context.Context, p *object.Planning) {
	planned := wire.FieldsOf(p.Planned)
	if !p.Prior.Absent() && !rotates(p.Prior, planned) {
		return
	}
	p.Open(plain, encrypted, hint)
	if state := planned.Get(inState); state.IsKnown() && !wire.True(state) {
		p.Planned[plain] = tftypes.NewValue(tftypes.String, nil)
	}
	if planned.Get(publicKey).IsNull() {
		p.Planned[encrypted] = tftypes.NewValue(tftypes.String, nil)
	}
}

// keepSecret keeps the secret that the server shows of an endpoint, in the way that the user chose.
func keepSecret(_ context.Context, o *object.Object) error { return keep(o.State, o.Shown) }

func keep(state wire.Values, shown map[string]any) (err error) {
	secret, _ := shown[plain].(string)
	if secret == "" {
		return errors.New("the server's answer has no signing secret")
	}
	kept, other := plain, encrypted
	if key, given := wire.FieldsOf(state).Text(publicKey); given {
		kept, other = encrypted, plain
		if secret, err = encrypt(secret, key); err != nil {
			return err
		}
	}
	state[kept], state[other] = tftypes.NewValue(tftypes.String, secret), tftypes.NewValue(tftypes.String, nil)
	return nil
}

// rotateSecret rotates the secret where a change asks for it. If that fails, the next plan asks again.
func rotateSecret(ctx context.Context, prior wire.Fields, o *object.Object) error {
	if !rotates(prior, wire.FieldsOf(o.State)) {
		return nil
	}
	err := rotate(ctx, o)
	if err != nil {
		for _, name := range []string{inState, publicKey, rotateWhen, keepOld, plain, encrypted, hint} {
			o.State[name] = prior.Get(name)
		}
	}
	return err
}

// rotate asks for another secret. That is repeatable: where an answer is lost, only yet another secret will be known.
func rotate(ctx context.Context, o *object.Object) error {
	state := wire.FieldsOf(o.State)
	keeps := state.Get(keepOld).IsNull() || state.True(keepOld)
	answer, err := o.Client.Do(ctx, client.Request{
		Method: http.MethodPost, Path: client.Path(collection, state.String("id"), "rotate_secret"),
		Body: fmt.Appendf(nil, `{"keep_old_secret_active_for_24_hours":%t}`, keeps), Existing: true, Repeatable: true, SecretAnswer: true,
	})
	if err != nil {
		return err
	}
	shown, err := wire.ParseObject(answer.Body)
	if err != nil {
		return errors.New("the server's answer could not be read")
	}
	if err := keep(o.State, shown); err != nil {
		return err
	}
	o.State[hint] = tftypes.NewValue(tftypes.String, nil)
	if text, ok := shown[hint].(string); ok {
		o.State[hint] = tftypes.NewValue(tftypes.String, text)
	}
	return nil
}

// warnOfRotation says that the secret in the state has been replaced by somebody else.
func warnOfRotation(prior wire.Fields, o *object.Object) {
	was, known := prior.Text(hint)
	is, shown := wire.FieldsOf(o.State).Text(hint)
	kept := !prior.Get(plain).IsNull() || !prior.Get(encrypted).IsNull()
	if known && shown && kept && was != is {
		o.Diags.AddAttributeWarning(path.Root(hint), "Signing secret was rotated elsewhere",
			fmt.Sprintf("The secret of webhook endpoint %s was rotated, but not by Terraform: the one in the state is no longer the one in use. Change %s to rotate it.", prior.String("id"), rotateWhen))
	}
}

// recipient reads an age recipient. Its error does not quote the text, which may be a private key by mistake.
func recipient(text string) (age.Recipient, error) {
	all, err := age.ParseRecipients(strings.NewReader(text))
	if err != nil || len(all) != 1 {
		return nil, errors.New("the value of public_key must be one age recipient (age1…), as printed by age-keygen -y")
	}
	return all[0], nil
}

func checkRecipient(text string) error {
	_, err := recipient(text)
	return err
}

// encrypt encrypts a text for whoever has the identity of a recipient.
func encrypt(text, key string) (string, error) {
	to, err := recipient(key)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	armored := armor.NewWriter(&out)
	sealed, err := age.Encrypt(armored, to)
	if err == nil {
		_, err = io.WriteString(sealed, text)
	}
	if err == nil {
		err = errors.Join(sealed.Close(), armored.Close())
	}
	return out.String(), err
}
