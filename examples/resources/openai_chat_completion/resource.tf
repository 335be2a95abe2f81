resource "openai_chat_completion" "translation" {
  model                 = "gpt-5.4"
  max_completion_tokens = 100

  message {
    role    = "system"
    content = "You translate English to French. Answer with the translation alone."
  }

  message {
    role    = "user"
    content = "Translate the following: 'Hello, how are you?'"
  }
}

output "translation" {
  value = openai_chat_completion.translation.content
}
