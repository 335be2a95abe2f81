resource "openai_chat_completion" "haiku" {
  model = "gpt-5.4"
  store = true

  message {
    role    = "user"
    content = "Write a haiku about deployments."
  }
}

# One that another configuration made has its ID here as text: "chatcmpl-…"
data "openai_chat_completion" "haiku" {
  completion_id = openai_chat_completion.haiku.id
}

output "haiku" {
  value = data.openai_chat_completion.haiku.content
}
