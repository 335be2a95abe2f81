package serve

import (
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

func diagnostics(diags diag.Diagnostics) []*tfprotov6.Diagnostic {
	var out []*tfprotov6.Diagnostic
	for _, d := range diags {
		one := &tfprotov6.Diagnostic{Severity: tfprotov6.DiagnosticSeverityError, Summary: d.Summary(), Detail: d.Detail()}
		if d.Severity() == diag.SeverityWarning {
			one.Severity = tfprotov6.DiagnosticSeverityWarning
		}
		if located, ok := d.(diag.DiagnosticWithPath); ok {
			one.Attribute = attributePath(located.Path())
		}
		out = append(out, one)
	}
	return out
}

// requiresReplace sorts, and drops what is there twice, as the framework does.
func requiresReplace(ps path.Paths) []*tftypes.AttributePath {
	ps = slices.Clone(ps)
	slices.SortFunc(ps, func(a, b path.Path) int { return strings.Compare(a.String(), b.String()) })
	var out []*tftypes.AttributePath
	for _, p := range slices.CompactFunc(ps, path.Path.Equal) {
		out = append(out, attributePath(p))
	}
	return out
}

func deferred(d *resource.Deferred) *tfprotov6.Deferred {
	if d == nil {
		return nil
	}
	return &tfprotov6.Deferred{Reason: tfprotov6.DeferredReason(d.Reason)}
}

func attributePath(p path.Path) *tftypes.AttributePath {
	out := tftypes.NewAttributePath()
	for _, step := range p.Steps() {
		switch step := step.(type) {
		case path.PathStepAttributeName:
			out = out.WithAttributeName(string(step))
		case path.PathStepElementKeyInt:
			out = out.WithElementKeyInt(int(step))
		case path.PathStepElementKeyString:
			out = out.WithElementKeyString(string(step))
		}
	}
	return out
}
