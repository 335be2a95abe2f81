# Many answers in a file beside the state, and a hash of it in the state.

variable "questions" {
  type = map(string)
  default = {
    billing = "What does a billing service do?"
    search  = "What does a search service do?"
    status  = "What does a status page do?"
  }
}

resource "openai_chat_completion_set" "glossary" {
  model                 = "gpt-5.4-mini"
  max_completion_tokens = 200
  results_file          = "${path.root}/answers/glossary.jsonl"

  message {
    role    = "system"
    content = "Answer in one sentence."
  }

  requests = var.questions
}

# What reads the file goes by its hash, which is unknown in a plan that will change the file.
resource "terraform_data" "published" {
  triggers_replace = openai_chat_completion_set.glossary.results_sha256

  provisioner "local-exec" {
    command = "wc -l <${openai_chat_completion_set.glossary.results_file}" # your upload
  }
}

# Single answers may come back as values. All of them would be in the state again.
locals {
  glossary = openai_chat_completion_set.glossary
  lines    = local.glossary.results_sha256 == null ? [] : compact(split("\n", file(local.glossary.results_file)))
  answers  = { for line in local.lines : jsondecode(line).key => jsondecode(line) }
}

output "billing" {
  value = local.answers["billing"].content
}
