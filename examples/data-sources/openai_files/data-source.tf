data "openai_files" "assistants" {
  purpose = "assistants"
}

output "megabytes" {
  value = sum(concat([0], data.openai_files.assistants.files[*].bytes)) / 1e6
}
