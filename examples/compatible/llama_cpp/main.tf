provider "openai" {
  base_url = "http://127.0.0.1:8080/v1"
  api_key  = "" # or what llama-server was given as --api-key
}

resource "openai_chat_completion" "greeting" {
  model = "local"

  message {
    role    = "user"
    content = "Say hello."
  }
}
