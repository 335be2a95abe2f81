data "openai_vector_store" "support" {
  name = "support"
}

output "searchable_files" {
  value = data.openai_vector_store.support.file_counts.completed
}
