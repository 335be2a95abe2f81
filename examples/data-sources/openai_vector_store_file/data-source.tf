data "openai_vector_store" "support" {
  name = "support"
}

data "openai_file" "faq" {
  filename = "faq.md"
  purpose  = "assistants"
}

data "openai_vector_store_file" "faq" {
  vector_store_id = data.openai_vector_store.support.id
  file_id         = data.openai_file.faq.id
}

output "faq_status" {
  value = data.openai_vector_store_file.faq.status
}
