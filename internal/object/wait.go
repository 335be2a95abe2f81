package object

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/report"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

func (w *Wait) attribute() string {
	if w.Status == "" {
		return "status"
	}
	return w.Status
}

// pending reports whether an object is still to be waited for.
func (k *Kind) pending(fields wire.Fields) bool {
	return k.Wait != nil && slices.Contains(k.Wait.Pending, fields.String(k.Wait.attribute()))
}

// wait waits until the object can be used. What it has become is in the state in any case: where the time ran
// out or the server failed, beside an error; where the user stopped Terraform, beside a warning, so that
// nothing is tainted and the next apply waits on.
func (m *managed) wait(ctx context.Context, until deadline, o *Object, planned wire.Fields) {
	w, name := m.kind.Wait, m.kind.name(wire.FieldsOf(o.State))
	made := m.client.Clock().Now()
	for looks := 0; m.kind.pending(wire.FieldsOf(o.State)); looks++ {
		shown, after, err := m.look(ctx, until, o, looks, made)
		if err != nil {
			m.stopped(ctx, o, err)
			return
		}
		m.kind.take(o, shown, planned)
		o.after = after
	}
	if status := wire.FieldsOf(o.State).String(w.attribute()); slices.Contains(w.Failed, status) {
		reason := ""
		if w.Reason != nil {
			reason = w.Reason(wire.FieldsOf(o.State))
		}
		summary, detail := "Unusable "+m.kind.Noun, client.Printable(strings.TrimSpace(fmt.Sprintf("%s has the status %q. %s", kinds.UpperFirst(name), status, reason)), true)
		if w.At != nil {
			o.Diags.AddAttributeError(w.At(planned), summary, detail)
		} else {
			o.Diags.AddError(summary, detail)
		}
	}
}

// look reads the object once more, after a pause.
func (m *managed) look(ctx context.Context, until deadline, o *Object, looks int, made time.Time) (map[string]any, time.Duration, error) {
	rest := o.after
	if rest <= 0 {
		rest = client.Pause(looks)
	}
	if m.client.Clock().Now().Add(rest).After(until.at) {
		return nil, 0, until
	}
	if err := m.client.Clock().Sleep(ctx, rest); err != nil {
		return nil, 0, err
	}
	return m.kind.get(ctx, m.client, wire.FieldsOf(o.State), made)
}

// stopped says that the wait ended before the object was usable.
func (m *managed) stopped(ctx context.Context, o *Object, err error) {
	name := m.kind.name(wire.FieldsOf(o.State))
	if ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		o.Diags.AddWarning(kinds.UpperFirst(m.kind.Noun)+" is not usable yet",
			fmt.Sprintf("Terraform was stopped while it waited for %s. It is in the state, and the next apply waits on.", name))
		return
	}
	report.Failure(o.Diags, "Could not wait for "+name, nil, err, "It is on the server and in the state.")
}
