variable "incident_log" {
  type      = string
  ephemeral = true
}

# Asked at each plan and again at each apply; kept nowhere.
ephemeral "openai_response" "redacted" {
  model = "gpt-5.4-mini"
  input = "Copy this log, with each name, address and key replaced by a star:\n\n${var.incident_log}"
}

# Asked once. The version is a number of your own, since the redacted text is
# another one at each run: raise it to ask again.
resource "openai_response" "summary" {
  model              = "gpt-5.4"
  instructions       = "Summarize the log for the status page, in three sentences."
  store              = false
  content_wo_version = 1

  message {
    role       = "user"
    content_wo = ephemeral.openai_response.redacted.content
  }
}

output "summary" {
  value = openai_response.summary.content
}
