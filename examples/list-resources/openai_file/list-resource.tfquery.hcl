list "openai_file" "assistants" {
  provider = openai

  config {
    purpose = "assistants"
  }
}
