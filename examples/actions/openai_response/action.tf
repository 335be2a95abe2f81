variable "release_notes" {
  type = string
}

# Asks, shows the answer, and fails the run unless it says "approved": true.
action "openai_response" "gate" {
  config {
    model        = "gpt-5.4"
    instructions = "You review release notes. Approve them if a customer would understand each line."
    input        = var.release_notes

    text {
      format {
        type   = "json_schema"
        name   = "review"
        strict = true
        schema = jsonencode({
          type = "object"
          properties = {
            approved = { type = "boolean" }
            why      = { type = "string" }
          }
          required             = ["approved", "why"]
          additionalProperties = false
        })
      }
    }

    expect = jsonencode({ approved = true })
  }
}

# Before the release is made or changed, the gate must let it pass.
resource "terraform_data" "release" {
  input = var.release_notes

  lifecycle {
    action_trigger {
      events  = [before_create, before_update]
      actions = [action.openai_response.gate]
    }
  }
}
