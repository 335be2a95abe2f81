resource "openai_vector_store" "policies" {
  name = "policies"
}

resource "openai_file" "leave" {
  filename = "leave.md"
  content  = "# Leave\n\nEveryone has 28 days of paid leave a year."
  purpose  = "assistants"
}

resource "openai_vector_store_file" "leave" {
  vector_store_id = openai_vector_store.policies.id
  file_id         = openai_file.leave.id
  attributes      = { language = "en", year = 2026 }

  # Another file is uploaded and attached before the old one goes.
  lifecycle {
    create_before_destroy = true
  }
}
