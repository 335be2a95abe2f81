# Answers a private question from the page of a manual that is nearest to it.

variable "question" {
  type      = string
  ephemeral = true
}

locals {
  manual = {
    access  = "Access to a server is asked for in the portal. It ends after eight hours."
    backups = "Databases are backed up at 02:30 each night. Backups are kept for 35 days."
    network = "New firewall rules are requested by a ticket, and are live the next morning."
  }
}

# Asked at each plan and again at each apply; kept nowhere.
ephemeral "openai_embedding" "texts" {
  model           = "text-embedding-3-small"
  inputs          = concat([var.question], values(local.manual))
  dimensions      = 256
  include_numbers = true
}

# OpenAI's vectors have the length 1. So the sum of the products is the cosine of
# the angle between two of them: 1 for the same text, near 0 for unrelated ones.
locals {
  vectors  = ephemeral.openai_embedding.texts.embeddings[*].embedding
  nearness = [for page in slice(local.vectors, 1, length(local.vectors)) : sum([for n, x in page : x * local.vectors[0][n]])]
  page     = values(local.manual)[index(local.nearness, max(local.nearness...))]
}

# Asked once. Neither question nor page is kept; the answer is.
resource "openai_chat_completion" "answer" {
  model = "gpt-5.4-mini"

  message {
    role       = "system"
    content_wo = "Answer in one sentence, from this alone: ${local.page}"
  }

  message {
    role       = "user"
    content_wo = var.question
  }
}

output "answer" {
  value = openai_chat_completion.answer.content
}
