# A long answer, received piece by piece. The state is the same as without.

resource "openai_chat_completion" "runbook" {
  model  = "gpt-5.4"
  stream = true

  message {
    role    = "user"
    content = "Write a runbook for a full disk on a database server."
  }

  # In all, retries included. The provider's request_timeout limits one attempt.
  timeouts {
    create = "30m"
  }
}

output "runbook" {
  value = openai_chat_completion.runbook.content
}
