list "openai_batch" "all" {
  provider = openai
}
