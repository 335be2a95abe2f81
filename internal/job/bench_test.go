package job_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/job"
)

// BenchmarkReadResult reads answers of 1 KB.
func BenchmarkReadResult(b *testing.B) {
	c := aClient(b)
	line := fmt.Appendf(nil, `{"id":"batch_req_1","custom_id":"a","response":{"status_code":200,"request_id":"r","body":{"choices":[{"message":{"content":%q}}]}},"error":null}`, strings.Repeat("words ", 170))
	b.ReportAllocs()
	for b.Loop() {
		if got := job.ReadResult(c, line); got.Err != nil {
			b.Fatal(got.Err)
		}
	}
}
