# Customer reviews, sorted overnight: one apply in the evening submits a batch, one in the
# morning collects it.

terraform {
  required_providers {
    openai = {
      source = "seed-7e69199f/openai"
    }
  }
}

locals {
  reviews = { for row in csvdecode(file("${path.module}/reviews.csv")) : row.id => row }
}

resource "openai_chat_completion_set" "reviews" {
  model                 = "gpt-5.4-mini"
  max_completion_tokens = 200

  engine       = "batch"
  wait         = false
  retry_failed = 1
  on_failure   = "keep"

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

output "status" {
  value = openai_chat_completion_set.reviews.status
}

# What is still to come, and what has failed, is null.
output "sorted" {
  value = { for id, answer in openai_chat_completion_set.reviews.answers : id => try(answer.output, null) }
}

output "failed" {
  value = openai_chat_completion_set.reviews.failed
}
