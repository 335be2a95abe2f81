resource "openai_response_set" "french" {
  model             = "gpt-5.4-mini"
  instructions      = "Translate to French. Answer with the translation alone."
  max_output_tokens = 200

  # A text is the input of its request. An object says what else differs.
  requests = {
    greeting = "Hello, how are you?"
    farewell = "Goodbye, and thank you for your visit."
    legal    = { content = "All sales are final.", model = "gpt-5.4" }
  }
}

output "greeting" {
  value = openai_response_set.french.answers["greeting"].content
}
