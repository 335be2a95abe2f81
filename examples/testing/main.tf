# A module under test: a model sorts tickets, and says which cannot wait.

terraform {
  required_providers {
    openai = {
      source = "seed-7e69199f/openai"
    }
  }
}

variable "tickets" {
  type = map(string)

  validation {
    condition     = alltrue([for text in var.tickets : length(text) <= 2000])
    error_message = "A ticket has more than 2000 characters."
  }
}

resource "openai_chat_completion" "triage" {
  for_each = var.tickets
  label    = each.key
  model    = "gpt-5.4-mini"

  message {
    role    = "system"
    content = "Say which team takes the ticket, and whether it is urgent."
  }

  message {
    role    = "user"
    content = each.value
  }

  response_format {
    type = "json_schema"
    json_schema {
      name   = "triage"
      strict = true
      schema = jsonencode({
        type = "object"
        properties = {
          team   = { type = "string", enum = ["billing", "network", "storage"] }
          urgent = { type = "boolean" }
        }
        required             = ["team", "urgent"]
        additionalProperties = false
      })
    }
  }
}

output "teams" {
  value = { for name, t in openai_chat_completion.triage : name => t.output.team }
}

output "urgent" {
  value = sort([for name, t in openai_chat_completion.triage : name if t.output.urgent])
}
