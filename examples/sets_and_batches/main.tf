# Customer reviews, sorted: one answer for each row of a CSV file, all of them in one file.

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
  reviews = { for row in csvdecode(file("${path.module}/reviews.csv")) : row.id => row }
}

resource "openai_chat_completion_set" "reviews" {
  model                 = "gpt-5.4-mini"
  max_completion_tokens = 200

  message {
    role    = "system"
    content = "Sort the review of a customer. Invent nothing that it does not say."
  }

  requests = { for id, row in local.reviews : id => "${row.product}: ${row.text}" }

  response_format {
    type = "json_schema"
    json_schema {
      name   = "review"
      strict = true
      schema = file("${path.module}/review.schema.json")
    }
  }
}

# An answer that failed, or is still to come, is null.
resource "local_file" "sorted" {
  filename = "${path.module}/sorted.json"
  content = jsonencode({
    for id, answer in openai_chat_completion_set.reviews.answers : id => merge(local.reviews[id], try(answer.output, {}))
  })
}

output "tokens" {
  value = openai_chat_completion_set.reviews.usage.total_tokens
}
