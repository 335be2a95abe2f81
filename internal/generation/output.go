package generation

import (
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// OutputLimits say in the documentation when Output is null although the text is JSON.
const OutputLimits = "is nested more than 50 levels deep, or is so large that Terraform would need seconds for it at each plan (4 MiB of text, 20,000 values, 5,000 numbers or 2,000 small objects in one list)"

// Output is the JSON in a text as a value; null where there is none, or it is too much for Terraform.
func Output(content tftypes.Value) tftypes.Value {
	if text, there := wire.Text(content); there && len(text) <= maxOutput {
		if v, err := jsontext.Parse(text); err == nil && depth(v) <= maxDepth && fits(v) {
			return wire.Dynamic(v)
		}
	}
	return tftypes.NewValue(tftypes.DynamicPseudoType, nil)
}

// OutputFindings say where JSON, which was asked for, did not become the attribute output, for which it must not be too large.
func OutputFindings(got wire.Fields) []answer.Finding {
	if !got.Get("output").IsNull() {
		return nil
	}
	if _, err := jsontext.Parse(got.String("content")); err != nil {
		return nil
	}
	return []answer.Finding{{Warns: true, Text: "output is null, because the JSON is larger, or nested more deeply, than Terraform can handle as a value in reasonable time. Use jsondecode on content, and keep no more of it than is needed"}}
}

// maxOutput is how many bytes of JSON become a value. A message between Terraform and a
// provider holds 256 MiB, and a value of many small members takes a multiple of its text.
const maxOutput = 4 << 20

// maxDepth is how deep an answer may be nested to become a value. Terraform
// writes the type of a value beside it, and compares both at each plan, which
// takes all memory for some hundred levels. Structured Outputs has ten.
const maxDepth = 50

// maxLoad is how much work a value may be for Terraform at each plan, in tenths of a
// millisecond: about as much as 5,000 numbers in one list, or 2,000 small objects.
const maxLoad = 20_000

// fits reports whether a value is no more work than maxLoad. Terraform compares the type of
// a list, which names that of each element, for each of its elements.
func fits(v any) bool {
	load, _ := loadOf(v)
	return load <= maxLoad
}

// loadOf is the work that a value is, and the size of its type.
func loadOf(v any) (load, size int) {
	const ofObject, comparedAtOnce = 5, 2500
	add := func(inside any) {
		l, s := loadOf(inside)
		load, size = load+l, size+s
	}
	switch v := v.(type) {
	case map[string]any:
		load, size = 1, ofObject
		for _, item := range v {
			add(item)
		}
	case []any:
		load, size = 1, ofObject
		for _, item := range v {
			if add(item); load > maxLoad {
				return load, size
			}
		}
		load += len(v) * size / comparedAtOnce
	default:
		load, size = 1, 1
	}
	return load, size
}

func depth(v any) int {
	deepest := 0
	switch v := v.(type) {
	case map[string]any:
		for _, item := range v {
			deepest = max(deepest, depth(item))
		}
	case []any:
		for _, item := range v {
			deepest = max(deepest, depth(item))
		}
	default:
		return 0
	}
	return deepest + 1
}
