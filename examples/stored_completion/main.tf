# A completion that OpenAI keeps, is found by its labels, and goes on.

resource "openai_chat_completion" "plan" {
  model = "gpt-5.4"
  store = true

  # Changed in place: this does not trigger a new call.
  metadata = {
    project = "migration"
    team    = "platform"
  }

  message {
    role    = "user"
    content = "Name the three steps of moving a database to another region."
  }
}

# What the server keeps. Each is read after the completion is made, and then
# at each plan.

data "openai_chat_completion" "plan" {
  completion_id = openai_chat_completion.plan.id
}

data "openai_chat_completion_messages" "plan" {
  completion_id = openai_chat_completion.plan.id
}

data "openai_chat_completions" "migration" {
  metadata   = { project = "migration" }
  depends_on = [openai_chat_completion.plan]
}

# The conversation, the answer, and the next question. While something above
# changes, a plan does not know these messages, and says that the model may be
# asked again. During the apply they are compared: the same ones ask nothing.
resource "openai_chat_completion" "risks" {
  model = "gpt-5.4"

  messages = concat(data.openai_chat_completion_messages.plan.messages, [
    { role = "assistant", content = data.openai_chat_completion.plan.content },
    { role = "user", content = "Which step is the riskiest, and why?" },
  ])
}

output "risks" {
  value = openai_chat_completion.risks.content
}

output "stored" {
  value = data.openai_chat_completions.migration.completions[*].id
}
