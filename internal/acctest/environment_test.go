package acctest

import (
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/serve"
)

func TestOfTheUser(t *testing.T) {
	t.Parallel()
	for entry, want := range map[string]bool{
		"OPENAI_API_KEY=x": true, "TF_LOG=x": true, "AZURE_OPENAI_ENDPOINT=x": true, "ACCTEST_SERVE=x": true, "https_proxy=x": true,
		"PATH=/": false, serve.FrameworkOnly + "=1": false,
	} {
		if got := ofTheUser(entry); got != want {
			t.Errorf("%s: %t, want %t", entry, got, want)
		}
	}
}
