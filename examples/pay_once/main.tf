# A model sorts the services of a platform; a person approves its words in the
# pull request; the apply, the tests and everybody else take them from the file.

terraform {
  required_providers {
    openai = {
      source = "seed-7e69199f/openai"
    }
  }
}

provider "openai" {
  recordings {
    directory = "${path.root}/recordings"
  }

  limits {
    max_requests     = 20
    max_total_tokens = 50000
  }
}

variable "services" {
  type = map(string)
  default = {
    billing = "Charges customers and keeps their addresses and invoices."
    status  = "Shows the public whether the platform is up."
  }
}

resource "openai_chat_completion" "sensitivity" {
  for_each    = var.services
  label       = each.key
  generate_on = "plan"
  model       = "gpt-5.4-mini"

  message {
    role    = "system"
    content = "Say how sensitive the data of a service is, and why, in one sentence."
  }

  message {
    role    = "user"
    content = "${each.key}: ${each.value}"
  }

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

locals {
  confidential = [for name, s in openai_chat_completion.sensitivity : name if s.output.level == "confidential"]
}

# The plan knows the answers, so they can decide what there is.
resource "terraform_data" "audit_log" {
  for_each = toset(local.confidential)
  input    = "audit log of ${each.key}"
}

output "sensitivity" {
  value = { for name, s in openai_chat_completion.sensitivity : name => s.output }
}
