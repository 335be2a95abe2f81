resource "openai_chat_completion_set" "french" {
  model                 = "gpt-5.4-mini"
  max_completion_tokens = 200

  message {
    role    = "system"
    content = "Translate to French. Answer with the translation alone."
  }

  # A text is the last message of its request. An object says what else differs.
  requests = {
    greeting = "Hello, how are you?"
    farewell = "Goodbye, and thank you for your visit."
    legal    = { content = "All sales are final.", model = "gpt-5.4" }
  }
}

output "greeting" {
  value = openai_chat_completion_set.french.answers["greeting"].content
}
