# The log and the key are sent, and kept neither in the plan nor in the state.
# The answer is kept: ask for one without secrets.

variable "incident_log" {
  type      = string
  ephemeral = true
}

variable "openai_api_key" {
  type      = string
  ephemeral = true
}

resource "openai_chat_completion" "summary" {
  model = "gpt-5.4"

  message {
    role    = "system"
    content = "Name the cause of the incident in one sentence. Repeat no name, address or key."
  }

  message {
    role       = "user"
    content_wo = var.incident_log
  }

  # Raise it when the key changes. That does not trigger a new call.
  api_key_wo         = var.openai_api_key
  api_key_wo_version = 1
}

output "cause" {
  value = openai_chat_completion.summary.content
}
