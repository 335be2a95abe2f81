locals {
  reviews = {
    "review-1" = "The delivery was late, but the chair is comfortable."
    "review-2" = "Broken on arrival. I want my money back."
  }
}

# Half the price, answered within 24 hours. The apply waits; where it is stopped, the next one waits on.
resource "openai_batch" "sentiment" {
  endpoint = "/v1/chat/completions"

  requests = [for id, review in local.reviews : {
    custom_id = id
    body = jsonencode({
      model       = "gpt-4.1-mini"
      temperature = 0
      messages = [
        { role = "system", content = "Answer with one word: positive, negative or mixed." },
        { role = "user", content = review },
      ]
    })
  }]

  metadata = {
    team = "support"
  }

  # A job in CI seldom lives for a day: the batch is then pending, and the next run collects the results.
  timeouts {
    create = "5h"
    update = "5h"
  }
}

output "sentiment" {
  value = {
    for id, body in coalesce(openai_batch.sentiment.results, {}) :
    id => jsondecode(body).choices[0].message.content
  }
}

output "without_answer" {
  value = openai_batch.sentiment.errors
}
