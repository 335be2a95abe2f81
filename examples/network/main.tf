# A gateway inside the company, reached through a proxy.

provider "openai" {
  base_url        = "https://example.com/v1"
  request_timeout = "2m" # of one attempt
  max_retries     = 3

  limits {
    max_concurrent = 4
  }
}

resource "openai_chat_completion" "greeting" {
  count = 8
  model = "gpt-5.4-mini"

  message {
    role    = "user"
    content = "Say hello, variant ${count.index}."
  }

  # Of the whole call: all attempts and the waits between them.
  timeouts {
    create = "5m"
  }
}
