package report_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/report"
)

func TestFailure(t *testing.T) {
	t.Parallel()
	as := kinds.Attributes{{Name: "temperature", Shape: kinds.Float64}, {Name: "model", Shape: kinds.String}}
	for name, tt := range map[string]struct {
		err   error
		notes []string
		at    string
		want  string
	}{
		"an error":             {err: errors.New("the answer is odd"), want: "The answer is odd."},
		"of other letters":     {err: errors.New("über"), want: "Über."},
		"without a text":       {err: errors.New(""), want: "The reason is not known."},
		"notes":                {err: errors.New("odd"), notes: []string{"One.", "Two."}, want: "Odd.\n\nOne.\n\nTwo."},
		"a problem":            {err: fmt.Errorf("x: %w", &client.Problem{Message: "No."}), want: "No."},
		"at an argument":       {err: &client.Problem{Message: "No.", Param: "temperature"}, at: "temperature", want: "No.\n\nParameter: temperature"},
		"at one that is not":   {err: &client.Problem{Message: "No.", Param: "top_p"}, want: "No.\n\nParameter: top_p"},
		"no such model":        {err: &client.Problem{Message: "No.", Code: "model_not_found"}, at: "model", want: "No.\n\nCode: model_not_found"},
		"a sentence already":   {err: fmt.Errorf("odd%s", "."), want: "Odd."},
		"control characters":   {err: errors.New("a\x1b[31m\u202eb\u009bc"), notes: []string{"n\x1b[2J\n  - x"}, want: "A[31mbc.\n\nn[2J\n  - x"},
		"a problem's, as well": {err: &client.Problem{Message: "No\x1b[31m."}, want: "No[31m."},
	} {
		var diags diag.Diagnostics
		report.Failure(&diags, "Could not\x1b[31m do it", as, tt.err, tt.notes...)
		if len(diags) != 1 || diags[0].Summary() != "Could not[31m do it" || diags[0].Detail() != tt.want {
			t.Errorf("%s: got %q", name, diags)
			continue
		}
		at := ""
		if d, ok := diags[0].(diag.DiagnosticWithPath); ok {
			at = d.Path().String()
		}
		if !strings.EqualFold(at, tt.at) {
			t.Errorf("%s: at %q", name, at)
		}
	}
}
