provider "openai" {
  limits {
    max_concurrent      = 4
    requests_per_minute = 500
    tokens_per_minute   = 30000

    max_requests     = 200
    max_total_tokens = 100000
  }
}

resource "openai_chat_completion" "names" {
  count                 = 3
  model                 = "gpt-5.4-mini"
  max_completion_tokens = 200

  message {
    role    = "user"
    content = "Suggest a name for region ${count.index + 1} of three."
  }
}
