package acctest

import (
	"reflect"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// World is an emulator, a provider in process that is connected to it and is talked to without a CLI, and the
// clock that both go by.
type World struct {
	*Server
	Protocol
	Clock *Clock
}

// NewWorld makes a world for one test, which runs in parallel with others.
func NewWorld(t *testing.T, options emulator.Options) *World {
	t.Helper()
	clock := NewClock()
	options.Now = clock.Now
	w := &World{Server: Start(t, options), Protocol: Speak(t, clock.Adjust), Clock: clock}
	w.Connect(t, w.Server)
	return w
}

// Sent are method and path of the requests so far: "POST files".
func (w *World) Sent() (all []string) {
	for _, r := range w.Requests() {
		all = append(all, r.Method+" "+strings.TrimPrefix(r.Path, "/v1/"))
	}
	return all
}

// LastBody is the body of the last request.
func (w *World) LastBody() string {
	all := w.Requests()
	return string(all[len(all)-1].Body)
}

// Quiet fails a test for diagnostics.
func Quiet(t testing.TB, diags []string) {
	t.Helper()
	if len(diags) > 0 {
		t.Errorf("said: %q", diags)
	}
}

// Unchanged checks that a plan changes nothing, and says nothing.
func Unchanged(t testing.TB, i *Instance, config map[string]any) {
	t.Helper()
	plan := i.Plan(t, config)
	Quiet(t, plan.Diags)
	if plan.Replace || !reflect.DeepEqual(plan.Value, i.State()) {
		t.Errorf("the plan changes something (replace: %v):\n%v\n%v", plan.Replace, i.State(), plan.Value)
	}
}
