# An answer that takes minutes. The server makes it on its own time.

resource "openai_response" "runbook" {
  model      = "gpt-5.4"
  background = true
  input      = "Write a runbook for a full disk on a database server."

  reasoning {
    effort = "high"
  }

  # After that the apply ends with an error, and the next one waits on.
  timeouts {
    create = "30m"
  }
}

output "runbook" {
  value = openai_response.runbook.content
}
