# One judgement for each entry of a map, as a value, and a resource for each that needs care.

locals {
  services = {
    billing = "Charges customers, and keeps their addresses and invoices."
    search  = "Finds products by their names and descriptions."
    status  = "Shows the public whether the platform is up."
  }
}

resource "openai_chat_completion_set" "sensitivity" {
  model                 = "gpt-5.4-mini"
  max_completion_tokens = 200

  message {
    role    = "system"
    content = "How sensitive is the data that this service keeps?"
  }

  requests = local.services

  response_format {
    type = "json_schema"
    json_schema {
      name   = "sensitivity"
      strict = true
      schema = jsonencode({
        type = "object"
        properties = {
          level  = { type = "string", enum = ["public", "internal", "confidential"] }
          reason = { type = "string" }
        }
        required             = ["level", "reason"]
        additionalProperties = false
      })
    }
  }
}

# The names are known in the plan, the answers are not yet.
resource "terraform_data" "label" {
  for_each = openai_chat_completion_set.sensitivity.answers
  input    = each.value.output.level
}

output "levels" {
  value = { for name, answer in openai_chat_completion_set.sensitivity.answers : name => answer.output.level }
}
