list "openai_vector_store_file" "failed" {
  provider = openai

  config {
    vector_store_id = "vs_68f0a1b2c3d4e5f6"
    filter          = "failed"
  }
}
