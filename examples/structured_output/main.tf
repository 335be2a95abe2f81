# An answer that matches a schema, as a value: no jsondecode is needed.

resource "openai_chat_completion" "event" {
  model = "gpt-5.4"

  message {
    role    = "system"
    content = "Extract the event."
  }

  message {
    role    = "user"
    content = "The platform team meets in Lisbon on 2026-09-14; 40 people have signed up."
  }

  response_format {
    type = "json_schema"
    json_schema {
      name   = "event"
      strict = true
      schema = jsonencode({
        type = "object"
        properties = {
          city   = { type = "string" }
          date   = { type = "string", description = "The day, as YYYY-MM-DD" }
          guests = { type = "integer" }
        }
        required             = ["city", "date", "guests"]
        additionalProperties = false
      })
    }
  }
}

output "city" {
  value = openai_chat_completion.event.output.city
}

output "guests" {
  value = openai_chat_completion.event.output.guests
}
