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

# The cosine of the angle between the question and each page: 1 for the same text,
# near 0 for unrelated ones.
locals {
  vectors = ephemeral.openai_embedding.texts.embeddings[*].embedding
  nearness = {
    for i, page in keys(local.manual) :
    page => sum([for n, x in local.vectors[0] : x * local.vectors[i + 1][n]])
  }
  page = [for page, nearness in local.nearness : page if nearness == max(values(local.nearness)...)][0]
}

# Asked once. Neither question nor page is kept; the answer is.
resource "openai_chat_completion" "answer" {
  model = "gpt-4o-mini"

  message {
    role       = "system"
    content_wo = "Answer in one sentence, from this alone: ${local.manual[local.page]}"
  }

  message {
    role       = "user"
    content_wo = var.question
  }
}

output "answer" {
  value = openai_chat_completion.answer.content
}
