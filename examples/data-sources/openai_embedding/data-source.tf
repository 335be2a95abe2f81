# Which team a request is for: the one whose tasks are nearest to it. Each read
# is billed, so the tasks, which seldom change, are a resource.

variable "request" {
  type    = string
  default = "The nightly backup of the database has failed."
}

locals {
  tasks = {
    network  = "Switches, firewalls, name servers and certificates."
    platform = "Clusters, pipelines and container images."
    storage  = "Databases, disks and their backups."
  }
}

resource "openai_embedding" "tasks" {
  model           = "text-embedding-3-small"
  inputs          = values(local.tasks)
  dimensions      = 128
  include_numbers = true
}

data "openai_embedding" "request" {
  model           = "text-embedding-3-small"
  input           = var.request
  dimensions      = 128
  include_numbers = true
}

# OpenAI's vectors have the length 1. So the sum of the products is the cosine of
# the angle between two of them: 1 for the same text, near 0 for unrelated ones.
locals {
  vector   = data.openai_embedding.request.embedding
  nearness = [for task in openai_embedding.tasks.embeddings : sum([for n, x in task.embedding : x * local.vector[n]])]
}

output "team" {
  value = keys(local.tasks)[index(local.nearness, max(local.nearness...))]
}
