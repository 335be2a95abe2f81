locals {
  prompt = "Summarize the report in three sentences."
}

output "tokens" {
  value = provider::openai::count_tokens(local.prompt, "gpt-5.4-mini")
}

# A prompt that is too long is found in the plan, before it costs anything.
check "prompt_length" {
  assert {
    condition     = provider::openai::count_tokens(local.prompt, "gpt-5.4-mini") < 8000
    error_message = "The prompt is too long."
  }
}
