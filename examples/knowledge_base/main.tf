# A folder of Markdown that models can search, kept in step with the repository.

terraform {
  required_providers {
    openai = {
      source = "seed-7e69199f/openai"
    }
  }
}

resource "openai_vector_store" "handbook" {
  name = "handbook"
}

resource "openai_vector_store_files" "handbook" {
  vector_store_id = openai_vector_store.handbook.id

  documents = {
    for name in fileset(path.module, "handbook/**/*.md") : name => {
      source     = "${path.module}/${name}"
      attributes = { topic = trimsuffix(basename(name), ".md") }
    }
  }
}

locals {
  # Questions that the handbook has to answer, and the document that should.
  questions = {
    "Who may grant an exception during a deployment freeze?" = "handbook/deployments.md"
    "How many days of paid leave does everyone have?"        = "handbook/leave.md"
  }
}

data "openai_vector_store_search" "handbook" {
  for_each        = local.questions
  vector_store_id = openai_vector_store.handbook.id
  query           = each.key
  max_num_results = 3
  depends_on      = [openai_vector_store_files.handbook]
}

check "handbook_answers" {
  assert {
    condition = alltrue([
      for question, document in local.questions :
      try(data.openai_vector_store_search.handbook[question].results[0].attributes.terraform_document == document, false)
    ])
    error_message = "The handbook does not answer all questions any more."
  }
}

resource "openai_chat_completion" "answer" {
  for_each              = local.questions
  label                 = each.value
  model                 = "gpt-5.4-mini"
  max_completion_tokens = 300

  message {
    role    = "system"
    content = "Answer in one sentence, from these passages alone. If they do not answer the question, say so."
  }

  message {
    role = "user"
    content = join("\n\n", concat(
      [each.key],
      flatten(data.openai_vector_store_search.handbook[each.key].results[*].content),
    ))
  }
}

output "answers" {
  value = { for question, answer in openai_chat_completion.answer : question => answer.content }
}
