provider "openai" {
  base_url = "http://vllm.internal:8000/v1"
  api_key  = "" # none: over plain HTTP a key goes to this machine only
}

resource "openai_chat_completion" "greeting" {
  model = "meta-llama/Llama-3.1-8B-Instruct"

  message {
    role    = "user"
    content = "Say hello."
  }
}
