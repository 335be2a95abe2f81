package object

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// Settling is how long after its creation an object may not be seen everywhere yet: a 404 is "not yet"
// until then.
const Settling = time.Minute

// get reads an object that was made at a time; zero = long ago. The error of one that is gone satisfies client.IsGone.
func (k *Kind) get(ctx context.Context, c *client.Client, fields wire.Fields, made time.Time) (shown map[string]any, wait time.Duration, err error) {
	if c == nil {
		return nil, 0, client.ErrUnconfigured
	}
	if k.Get != nil {
		err = untilSettled(ctx, c, made, func() (err error) {
			shown, err = k.Get(ctx, c, fields)
			return err
		})
		return shown, 0, err
	}
	var answer client.Answer
	err = untilSettled(ctx, c, made, func() (err error) {
		answer, err = c.Do(ctx, client.Request{Method: http.MethodGet, Path: k.path(fields), Existing: true})
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	shown, err = wire.ParseObject(answer.Body)
	k.adapt(shown)
	return shown, answer.PollAfter, err
}

// untilSettled makes a call again that finds no object, as long as the object may not be seen yet.
func untilSettled(ctx context.Context, c *client.Client, made time.Time, call func() error) error {
	for looks := 0; ; looks++ {
		err := call()
		now := c.Clock().Now()
		if looks == 0 && made.After(now.Add(Settling)) { // by a clock that is not ours
			made = time.Time{}
		}
		if !client.IsGone(err) || !now.Before(made.Add(Settling)) {
			return err
		}
		if c.Clock().Sleep(ctx, client.Pause(looks)) != nil {
			return err
		}
	}
}

// IsGone reports whether an object is not there. A 404 is believed only if the server answers the API otherwise: behind a
// wrong address everything is 404, and must not be taken for deleted. err is then what to report.
func IsGone(ctx context.Context, c *client.Client, err error) (gone bool, _ error) {
	if !client.IsGone(err) {
		return false, err
	}
	_, other := c.Do(ctx, client.Request{Method: http.MethodGet, Path: "models"})
	if client.HasStatus(other, http.StatusNotFound) {
		return false, fmt.Errorf("%w. The server does not know its list of models either, so that this says nothing about the object. Check base_url", err)
	}
	return true, err
}

// reference is how long an object that another one refers to may not be seen yet.
const reference = 15 * time.Second

// Referring makes a call that refers to objects which may have been made just now: for 15 seconds, one that gets a
// 404 is made again.
func Referring(ctx context.Context, c *client.Client, call func() error) error {
	return untilSettled(ctx, c, c.Clock().Now().Add(reference-Settling), call)
}

// Until looks again and again until it is done, with the pauses that the server wants; 0 = it does not say.
func Until(ctx context.Context, c *client.Client, look func() (done bool, after time.Duration, err error)) error {
	for looks := 0; ; looks++ {
		done, after, err := look()
		if done || err != nil {
			return err
		}
		if after <= 0 {
			after = client.Pause(looks)
		}
		if err := c.Clock().Sleep(ctx, after); err != nil {
			return err
		}
	}
}

// privateState is the framework's, whose type has no public name.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// What the private state has.
const (
	madeKey     = "made"     // when the object was created, by our clock
	importedKey = "imported" // how far an import has come
	trustedKey  = "trusted"  // until when it is trusted, by our clock
)

// The stages of an import: nothing was read yet; all is read that the server shows, and what
// it does not show is taken from the configuration.
const (
	importedNow  = "now"
	importedRead = "read"
)

func note(ctx context.Context, private privateState, key string, value any) diag.Diagnostics {
	text, err := json.Marshal(value)
	if err != nil {
		var diags diag.Diagnostics
		diags.AddError("Could not write the private state", err.Error())
		return diags
	}
	return private.SetKey(ctx, key, text)
}

// recall reads what note wrote; where there is nothing, value stays as it is.
func recall(ctx context.Context, private privateState, key string, value any) {
	if text, _ := private.GetKey(ctx, key); text != nil {
		_ = json.Unmarshal(text, value) // what is not ours to read is as good as nothing
	}
}

// madeAt is when the object was created; zero = long ago.
func madeAt(ctx context.Context, private privateState) (made time.Time) {
	recall(ctx, private, madeKey, &made)
	return made
}

// trust is how long after an import what the server does not show is taken from the configuration, unless an apply ends
// it sooner.
const trust = 24 * time.Hour

// importedStage is how far an import has come; "" = it is over, or there was none.
func importedStage(ctx context.Context, c *client.Client, private privateState) (stage string) {
	var until time.Time
	recall(ctx, private, importedKey, &stage)
	recall(ctx, private, trustedKey, &until)
	if c != nil && !until.IsZero() && c.Clock().Now().After(until) {
		return ""
	}
	return stage
}
