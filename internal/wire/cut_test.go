package wire_test

import (
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

func TestCut(t *testing.T) {
	t.Parallel()
	calls := kinds.Declare(kinds.Attribute{Name: "calls", Shape: kinds.Objects, Fields: kinds.Declare(kinds.Attribute{Name: "id", Shape: kinds.String})})
	as := kinds.Declare(
		kinds.Attribute{Name: "choices", Shape: kinds.Objects, Mode: kinds.Computed, Most: 3, Fields: kinds.Declare(
			kinds.Attribute{Name: "message", Shape: kinds.Object, Fields: calls})},
		kinds.Attribute{Name: "others", Wire: "rest", Shape: kinds.Objects, Mode: kinds.Computed, Fields: calls},
		kinds.Attribute{Name: "numbers", Shape: kinds.Float64s, Mode: kinds.Computed},
	)
	list := func(element string, n int) string {
		return "[" + strings.TrimSuffix(strings.Repeat(element+",", n), ",") + "]"
	}
	for name, test := range map[string]struct {
		object, want string // want is what the error says; "" = there is none
		place        string
		left         int
	}{
		"as many as there may be": {`{"choices":` + list("{}", 3) + `}`, "", "choices", 3},
		"too many":                {`{"choices":` + list("{}", 4) + `}`, "choices has 4 elements, of which the first 3 are taken", "choices", 3},
		"too many in one":         {`{"choices":[{},{"message":{"calls":` + list("{}", 100_001) + `}}]}`, "choices[1].message.calls has 100001 elements, of which the first 99998 are taken", "choices", 2},
		"too many together":       {`{"choices":[{}],"rest":` + list(`{"calls":[{},{}]}`, 60_000) + `}`, "rest[19999].calls has 2 elements, of which the first 1 are taken", "rest", 60_000},
		"too many of none":        {`{"rest":` + list("null", 100_001) + `}`, "rest has 100001 elements, of which the first 100000 are taken", "rest", 100_000},
		"numbers":                 {`{"numbers":` + list("1", 200_000) + `}`, "", "numbers", 200_000},
		"odd":                     {`{"choices":{"message":[]},"rest":7,"numbers":{}}`, "", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			object, err := wire.ParseObject([]byte(test.object))
			if err != nil {
				t.Fatal(err)
			}
			err = wire.Cut(as, object)
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v", err)
			}
			if left, _ := object[test.place].([]any); len(left) != test.left {
				t.Errorf("%d elements are left, want %d", len(left), test.left)
			}
		})
	}
}
