# What a server adds to the protocol goes into extra_body, and is sent as it is.

provider "openai" {
  base_url = "http://vllm.internal:8000/v1"
  api_key  = ""
}

resource "openai_chat_completion" "greeting" {
  model = "Qwen/Qwen3-8B"

  message {
    role    = "user"
    content = "Say hello."
  }

  extra_body = jsonencode({
    top_k                = 20
    chat_template_kwargs = { enable_thinking = false }
  })
}
