resource "openai_chat_completion" "haiku" {
  model = "gpt-5.4"
  store = true

  message {
    role    = "user"
    content = "Write a haiku about deployments."
  }
}

data "openai_chat_completion_messages" "haiku" {
  completion_id = openai_chat_completion.haiku.id
}

# The conversation is the input alone; the answer is added here.
resource "openai_chat_completion" "again" {
  model = "gpt-5.4"

  messages = concat(data.openai_chat_completion_messages.haiku.messages, [
    { role = "assistant", content = openai_chat_completion.haiku.content },
    { role = "user", content = "Now one about rollbacks." },
  ])
}

output "again" {
  value = openai_chat_completion.again.content
}
