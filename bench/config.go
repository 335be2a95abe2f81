package main

import "fmt"

// completions asks so many questions, with this in the provider block and this
// among the resource's arguments.
func completions(url string, count int, provider, arguments string) string {
	return requiring("openai") + fmt.Sprintf(`provider "openai" {
  base_url = %q
  %s
}
resource "openai_chat_completion" "many" {
  for_each    = toset([for i in range(%d) : tostring(i)])
  model       = "gpt-4"
  temperature = 0.7
  %s
  message {
    role    = "system"
    content = "You are a helpful assistant that translates English to French."
  }
  message {
    role    = "user"
    content = "Translate the following: 'Hello, how are you?' (${each.key})"
  }
}
`, url, provider, count, arguments)
}

// short is what keeps an answer short.
const short = "max_tokens = 100"

// floorOf is the CLI's own work on so many resources.
func floorOf(count int) string {
	return fmt.Sprintf("resource \"terraform_data\" \"many\" {\n  for_each = toset([for i in range(%d) : tostring(i)])\n  input = each.key\n}\n", count)
}

func requiring(provider string) string {
	return fmt.Sprintf("terraform {\n  required_providers {\n    %s = { source = \"%s/%s\" }\n  }\n}\n", provider, namespace, provider)
}
