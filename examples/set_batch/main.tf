# The same questions at half the price, by tomorrow.

variable "wait" {
  type        = bool
  default     = true
  description = "Whether the apply waits until the batch has ended: up to 24 hours."
}

resource "openai_chat_completion_set" "glossary" {
  model                 = "gpt-5.4-mini"
  max_completion_tokens = 200

  engine       = "batch"
  wait         = var.wait
  retry_failed = 1

  message {
    role    = "system"
    content = "Answer in one sentence."
  }

  requests = {
    billing = "What does a billing service do?"
    search  = "What does a search service do?"
    status  = "What does a status page do?"
  }
}

# An answer that is still to come is null.
output "glossary" {
  value = { for name, answer in openai_chat_completion_set.glossary.answers : name => try(answer.content, "(still to come)") }
}

output "status" {
  value = openai_chat_completion_set.glossary.status
}
