package acctest

import (
	"reflect"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// World is a server, a provider that is connected to it and talked to without a CLI, and the clock that both go by.
type World struct {
	*Server
	Protocol
	Clock *Clock
}

// NewWorld starts a server and a provider for a test, which runs in parallel with others. What the provider's
// configuration cannot say is adjusted.
func NewWorld(t *testing.T, options emulator.Options, adjust ...func(*client.Settings)) World {
	t.Helper()
	clock := NewClock()
	options.Now = clock.Now
	w := World{Server: Start(t, options), Protocol: Speak(t, append(adjust, clock.Adjust)...), Clock: clock}
	w.Connect(t, w.Server)
	return w
}

// Sent are method and path of the requests so far, without "/v1/".
func (w World) Sent() (all []string) {
	for _, r := range w.Requests() {
		all = append(all, r.Method+" "+strings.TrimPrefix(r.Path, "/v1/"))
	}
	return all
}

// Bodies are the bodies of the requests of a method so far.
func (w World) Bodies(method string) (all []string) {
	for _, r := range w.Requests() {
		if r.Method == method {
			all = append(all, string(r.Body))
		}
	}
	return all
}

// Clean fails a test for diagnostics.
func Clean(t testing.TB, diags []string) {
	t.Helper()
	if len(diags) > 0 {
		t.Errorf("said: %q", diags)
	}
}

// Unchanged checks that a plan says nothing and changes nothing.
func Unchanged(t testing.TB, i *Instance, config map[string]any) {
	t.Helper()
	plan := i.Plan(t, config)
	Clean(t, plan.Diags)
	if plan.Replace || !reflect.DeepEqual(plan.Value, i.State()) {
		t.Errorf("the plan changes something: replace %v\n%v\n%v", plan.Replace, i.State(), plan.Value)
	}
}
