# Many answers: an estimate before they are asked for, a budget meanwhile, and a
# sum of what they took.

variable "services" {
  type = map(string)
  default = {
    billing = "Charges customers, and keeps their addresses and invoices."
    search  = "Finds products by their names and descriptions."
    status  = "Shows the public whether the platform is up."
  }
}

locals {
  model        = "gpt-5.4-mini"
  instructions = "Describe the service for new colleagues, in two sentences."
  longest      = 200 # tokens of one answer

  # US dollars for a million tokens. Take them from your own price list.
  price = { input = 0.75, output = 4.50 }

  # What the prompts come to, counted during the plan and without a call.
  prompt_tokens = sum(concat([0], [for text in values(var.services) :
    provider::openai::count_tokens("${local.instructions}${text}", local.model)
  ]))
  most_tokens = local.prompt_tokens + length(var.services) * local.longest
}

provider "openai" {
  limits {
    max_requests     = 50
    max_total_tokens = 20000
  }
}

resource "openai_chat_completion" "description" {
  for_each              = var.services
  label                 = each.key
  model                 = local.model
  max_completion_tokens = local.longest

  message {
    role    = "system"
    content = local.instructions
  }

  message {
    role    = "user"
    content = each.value
  }

  # Fails the plan, before anything is paid for.
  lifecycle {
    precondition {
      condition     = local.most_tokens <= 10000
      error_message = "The answers may take ${local.most_tokens} tokens, more than the 10000 that were agreed."
    }
  }
}

locals {
  usage = [for d in openai_chat_completion.description : d.usage if d.usage != null]
  tokens = {
    input  = sum(concat([0], local.usage[*].prompt_tokens))
    output = sum(concat([0], local.usage[*].completion_tokens))
  }
}

output "tokens" {
  value = local.tokens
}

output "dollars" {
  value = format("%.4f", (local.tokens.input * local.price.input + local.tokens.output * local.price.output) / 1000000)

  # Nothing that uses this output goes on if the sum is too high.
  precondition {
    condition     = local.tokens.input + local.tokens.output <= 10000
    error_message = "The answers took ${local.tokens.input + local.tokens.output} tokens."
  }
}
