resource "openai_vector_store" "handbook" {
  name     = "engineering-handbook"
  metadata = { team = "platform" }
}
