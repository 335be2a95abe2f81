resource "openai_chat_completion" "triage" {
  model                 = "gpt-5.4"
  reasoning_effort      = "low"
  max_completion_tokens = 1000

  message {
    role    = "system"
    content = "You triage support requests."
  }

  message {
    role    = "user"
    content = "The invoice shows the wrong address."
  }

  response_format {
    type = "json_schema"
    json_schema {
      name   = "triage"
      strict = true
      schema = jsonencode({
        type = "object"
        properties = {
          team   = { type = "string", enum = ["billing", "platform"] }
          urgent = { type = "boolean" }
        }
        required             = ["team", "urgent"]
        additionalProperties = false
      })
    }
  }
}

output "team" {
  value = openai_chat_completion.triage.output.team
}

output "complete" {
  value = openai_chat_completion.triage.choices[0].finish_reason == "stop"
}

output "tokens" {
  value = openai_chat_completion.triage.usage.prompt_tokens + openai_chat_completion.triage.usage.completion_tokens
}
