resource "openai_response" "triage" {
  model             = "gpt-5.4"
  max_output_tokens = 1000
  instructions      = "You triage support requests."
  input             = "The invoice shows the wrong address."
  store             = false # as with chat completions

  reasoning {
    effort = "low"
  }

  text {
    format {
      type   = "json_schema"
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
  value = openai_response.triage.output.team
}

output "complete" {
  value = openai_response.triage.status == "completed"
}

output "tokens" {
  value = openai_response.triage.usage.input_tokens + openai_response.triage.usage.output_tokens
}
