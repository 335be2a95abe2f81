package object

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// Settling is how long after its creation an object may not be seen everywhere yet: a 404 is "not yet"
// until then.
const Settling = time.Minute

// firstPause and longestPause are the waits between two looks, where the server names none.
const (
	firstPause   = time.Second
	longestPause = 10 * time.Second
)

// pause is the wait after so many looks.
func pause(looks int) time.Duration {
	d := firstPause
	for range looks {
		d = min(d*3/2, longestPause)
	}
	return d
}

// get reads an object that was made at a time; zero = long ago. The error of one that is gone satisfies client.IsGone.
func (k *Kind) get(ctx context.Context, c *client.Client, fields wire.Fields, made time.Time) (shown map[string]any, wait time.Duration, err error) {
	if c == nil {
		return nil, 0, client.ErrUnconfigured
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
	return shown, answer.PollAfter, err
}

// untilSettled makes a call again that finds no object, as long as the object may not be seen yet.
func untilSettled(ctx context.Context, c *client.Client, made time.Time, call func() error) error {
	for looks := 0; ; looks++ {
		err := call()
		if !client.IsGone(err) || !c.Clock().Now().Before(made.Add(Settling)) {
			return err
		}
		if c.Clock().Sleep(ctx, pause(looks)) != nil {
			return err
		}
	}
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
			after = pause(looks)
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

// importedStage is how far an import has come; "" = it is over, or there was none.
func importedStage(ctx context.Context, private privateState) (stage string) {
	recall(ctx, private, importedKey, &stage)
	return stage
}
