package serve_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/provider"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/serve"
)

// What the CLI asks in its plans and applies, with all that it says of itself, is what the short cuts are for: none
// of it reaches the framework but the deletion at the end.
func TestShortCuts_areTakenForTheCLI(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	var c counts
	factories := map[string]func() (tfprotov6.ProviderServer, error){"openai": func() (tfprotov6.ProviderServer, error) {
		p := provider.New("test")
		return serve.WithShortCuts(p, &counting{serve.Inner(p), &c}), nil
	}}
	config := func(text string) string {
		return s.Provider() + "resource \"openai_chat_completion\" \"test\" {\n  model = \"gpt-4\"\n  message {\n    role = \"user\"\n    content = \"" + text + "\"\n  }\n}\n"
	}
	check := func(*terraform.State) error {
		c.expectNone(t)
		return nil
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{
		{Config: config("Hello"), Check: check},
		{Config: config("Goodbye"), Check: check},
	}})
}
