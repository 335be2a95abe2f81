# A handbook in a vector store, which the model searches by itself.

resource "openai_vector_store" "handbook" {
  name = "handbook"
}

resource "openai_vector_store_files" "handbook" {
  vector_store_id = openai_vector_store.handbook.id

  documents = {
    for name in fileset(path.module, "handbook/*.md") : name => {
      source     = "${path.module}/${name}"
      attributes = { topic = trimsuffix(basename(name), ".md") }
    }
  }
}

resource "openai_response" "leave" {
  model             = "gpt-5.4-mini"
  instructions      = "Answer in one sentence, from what you find. If you find nothing, say so."
  input             = "How many days of paid leave does everyone have?"
  max_output_tokens = 300
  max_tool_calls    = 2

  tool {
    type = "file_search"
    file_search {
      vector_store_ids = [openai_vector_store.handbook.id]
      max_num_results  = 3
    }
  }

  # The request does not say what is in the store. This asks again when a
  # document changes, and not before the store has it.
  triggers = { for name, document in openai_vector_store_files.handbook.files : name => document.sha256 }
}

output "leave" {
  value = openai_response.leave.content
}

output "sources" {
  value = distinct(coalesce(openai_response.leave.citations, [])[*].filename)
}
