data "openai_file" "faq" {
  filename = "faq.md"
  purpose  = "assistants"
}

output "faq_id" {
  value = data.openai_file.faq.id
}
