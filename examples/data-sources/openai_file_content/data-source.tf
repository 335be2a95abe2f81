data "openai_file" "requests" {
  filename = "requests.jsonl"
  purpose  = "batch"
}

data "openai_file_content" "requests" {
  file_id = data.openai_file.requests.id
}

output "lines" {
  value = length(split("\n", trimspace(data.openai_file_content.requests.content)))
}
