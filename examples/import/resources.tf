resource "openai_vector_store" "handbook" {
  name = "handbook"
}

resource "openai_file" "leave" {
  source  = "${path.module}/leave.md"
  purpose = "assistants"
}

resource "openai_vector_store_file" "leave" {
  vector_store_id = openai_vector_store.handbook.id
  file_id         = openai_file.leave.id
  attributes      = { language = "en" }
}
