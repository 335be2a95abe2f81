package serve_test

import (
	"reflect"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/serve"
)

func TestNew_isTheFrameworksServerWhereTheVariableSaysSo(t *testing.T) {
	p := fakeRecord(record{})
	framework := reflect.TypeOf(serve.Inner(p))
	for value, want := range map[string]bool{"1": true, "true": true, "": false, "0": false, "false": false} {
		t.Setenv(serve.FrameworkOnly, value)
		if got := reflect.TypeOf(serve.Behind(serve.New(p))) == framework; got != want {
			t.Errorf("%s=%q: the framework's server: %t, want %t", serve.FrameworkOnly, value, got, want)
		}
	}
}
