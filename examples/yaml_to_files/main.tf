# From notes in a YAML file to a runbook for each service, as a file.

terraform {
  required_providers {
    openai = {
      source = "seed-7e69199f/openai"
    }
    local = {
      source = "hashicorp/local"
    }
  }
}

locals {
  services = yamldecode(file("${path.module}/services.yaml"))
}

resource "openai_chat_completion" "runbook" {
  for_each              = local.services
  label                 = each.key
  model                 = "gpt-5.4-mini"
  max_completion_tokens = 1000

  message {
    role    = "system"
    content = "Write a short runbook from the notes. Invent nothing that is not in them."
  }

  message {
    role    = "user"
    content = "${each.key}: ${each.value.notes}"
  }

  response_format {
    type = "json_schema"
    json_schema {
      name   = "runbook"
      strict = true
      schema = file("${path.module}/runbook.schema.json")
    }
  }
}

resource "local_file" "runbook" {
  for_each = local.services
  filename = "${path.module}/runbooks/${each.key}.md"
  content = templatefile("${path.module}/runbook.md.tftpl", {
    name    = each.key
    team    = each.value.team
    runbook = openai_chat_completion.runbook[each.key].output
  })
}
