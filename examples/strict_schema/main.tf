# An ordinary JSON Schema, converted for strict mode. What was optional may be
# null in the answer.

locals {
  ticket = provider::openai::strict_schema({
    type = "object"
    properties = {
      title    = { type = "string" }
      severity = { type = "string", enum = ["low", "high"] }
      owner    = { type = "string" }
    }
    required = ["title", "severity"]
  })
}

resource "openai_chat_completion" "ticket" {
  model = "gpt-5.4"

  message {
    role    = "user"
    content = "Write a ticket: the nightly backup has failed twice."
  }

  response_format {
    type = "json_schema"
    json_schema {
      name   = "ticket"
      strict = true
      schema = local.ticket.schema
    }
  }
}

output "severity" {
  value = openai_chat_completion.ticket.output.severity
}

output "owner" {
  value = try(coalesce(openai_chat_completion.ticket.output.owner), "nobody")
}
