# An answer that matches a schema, as a value: no jsondecode is needed.

resource "openai_response" "event" {
  model        = "gpt-5.4"
  instructions = "Extract the event."
  input        = "The platform team meets in Lisbon on 2026-09-14; 40 people have signed up."

  text {
    format {
      type   = "json_schema"
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
  value = openai_response.event.output.city
}

output "guests" {
  value = openai_response.event.output.guests
}
