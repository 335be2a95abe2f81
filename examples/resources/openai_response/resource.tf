resource "openai_response" "translation" {
  model             = "gpt-5.4"
  instructions      = "You translate English to French. Answer with the translation alone."
  input             = "Translate the following: 'Hello, how are you?'"
  max_output_tokens = 100
}

output "translation" {
  value = openai_response.translation.content
}
