variable "incident_log" {
  type      = string
  ephemeral = true
}

# Asked at each plan and again at each apply; kept nowhere.
ephemeral "openai_chat_completion" "redacted" {
  model = "gpt-5.4-mini"

  message {
    role    = "user"
    content = "Copy this log, with each name, address and key replaced by a star:\n\n${var.incident_log}"
  }
}

# Asked once. The version is a number of your own, since the redacted text is
# another one at each run: raise it to ask again.
resource "openai_chat_completion" "summary" {
  model              = "gpt-5.4"
  content_wo_version = 1

  message {
    role    = "system"
    content = "Summarize the log for the status page, in three sentences."
  }

  message {
    role       = "user"
    content_wo = ephemeral.openai_chat_completion.redacted.content
  }
}

output "summary" {
  value = openai_chat_completion.summary.content
}
