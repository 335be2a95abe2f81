variable "question" {
  type    = string
  default = "How do I bake bread without yeast?"
}

# Judged at each plan, for free.
data "openai_moderation" "question" {
  input = var.question
}

# A question that is flagged is never sent, and so costs nothing.
resource "openai_chat_completion" "reply" {
  model = "gpt-5.4-mini"

  message {
    role    = "user"
    content = var.question
  }

  lifecycle {
    precondition {
      condition     = !data.openai_moderation.question.flagged
      error_message = "The question was flagged: ${join(", ", [for category, found in data.openai_moderation.question.categories : category if found])}."
    }
  }
}

data "openai_moderation" "reply" {
  input = openai_chat_completion.reply.content
}

# A reply that is flagged gives a warning. To stop the run instead, make it a
# precondition of what publishes the reply.
check "reply" {
  assert {
    condition     = !data.openai_moderation.reply.flagged
    error_message = "The reply was flagged."
  }
}
