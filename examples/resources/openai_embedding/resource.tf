# The topics of a help desk, as vectors for a search index. One request for all
# of them, when they are written or change.

locals {
  topics = {
    delivery = "Where is my parcel, and when will it arrive?"
    invoice  = "I need an invoice, or a correction of one."
    password = "I have forgotten my password, or want to change it."
  }
}

resource "openai_embedding" "topics" {
  model      = "text-embedding-3-small"
  inputs     = values(local.topics)
  dimensions = 256
}

# What a vector database or a service of yours takes: a name, and a vector.
output "index" {
  value = { for i, name in keys(local.topics) : name => openai_embedding.topics.embeddings[i].embedding_base64 }
}
