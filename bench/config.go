package main

import "fmt"

// completions asks so many questions, with this in the provider block and this
// among the resource's arguments.
func completions(url string, count int, provider, arguments string) string {
	return instructed(url, count, provider, arguments, "You are a helpful assistant that translates English to French.")
}

// instructed asks them with another system prompt, which is an HCL template.
func instructed(url string, count int, provider, arguments, prompt string) string {
	return requiring("openai") + fmt.Sprintf(`provider "openai" {
  base_url = %q
  %s
}
resource "openai_chat_completion" "many" {
  count       = %d
  model       = "gpt-4"
  temperature = 0.7
  %s
  message {
    role    = "system"
    content = "%s"
  }
  message {
    role    = "user"
    content = "Translate the following: 'Hello, how are you?' (${count.index})"
  }
}
`, url, provider, count, arguments, prompt)
}

// responding asks the questions of completions with the Responses API.
func responding(url string, count int) string {
	return requiring("openai") + fmt.Sprintf(`provider "openai" {
  base_url = %q
}
resource "openai_response" "many" {
  count             = %d
  model             = "gpt-4"
  temperature       = 0.7
  max_output_tokens = 100
  message {
    role    = "system"
    content = "You are a helpful assistant that translates English to French."
  }
  message {
    role    = "user"
    content = "Translate the following: 'Hello, how are you?' (${count.index})"
  }
}
`, url, count)
}

// set asks so many questions in one resource, with this in the provider block, this among the resource's
// arguments, and each request as this expression of i.
func set(url string, count int, provider, arguments, request string) string {
	return requiring("openai") + fmt.Sprintf(`provider "openai" {
  base_url = %q
  %s
}
resource "openai_chat_completion_set" "many" {
  model       = "gpt-4"
  temperature = 0.7
  max_tokens  = 100
  %s
  message {
    role    = "system"
    content = "You are a helpful assistant that translates English to French."
  }
  requests = { for i in local.numbers : format("request-%%05d", i) => %s }
}
locals { // range gives 1,024 numbers at most
  numbers = [for i in flatten([for a in range(%d) : [for b in range(1000) : 1000 * a + b]]) : i if i < %d]
}
`, url, provider, arguments, request, count/1000+1, count)
}

// vectors embeds so many texts, with this among the resource's arguments.
func vectors(url string, count int, arguments string) string {
	return requiring("openai") + fmt.Sprintf(`provider "openai" {
  base_url = %q
}
resource "openai_embedding" "many" {
  count = %d
  model = "text-embedding-3-small"
  input = "Text number ${count.index}"
  %s
}
`, url, count, arguments)
}

// short is what keeps an answer short.
const short = "max_tokens = 100"

// floorOf is the CLI's own work on so many resources. It counts, since for_each
// over a set costs the CLI the square of their number, which hides all else.
func floorOf(count int) string {
	return fmt.Sprintf("resource \"terraform_data\" \"many\" {\n  count = %d\n  input = count.index\n}\n", count)
}

// largeFloorOf is the same with as much in the state as a completion has, about
// 2.5 kB: the CLI writes the whole state after each resource. terraform_data
// keeps its text twice.
func largeFloorOf(count int) string {
	return fmt.Sprintf("locals {\n  text = join(\"\", [for i in range(120) : \"ten bytes.\"])\n}\n"+
		"resource \"terraform_data\" \"many\" {\n  count = %d\n  input = \"${count.index} ${local.text}\"\n}\n", count)
}

func requiring(provider string) string {
	return fmt.Sprintf("terraform {\n  required_providers {\n    %s = { source = \"%s/%s\" }\n  }\n}\n", provider, namespace, provider)
}
