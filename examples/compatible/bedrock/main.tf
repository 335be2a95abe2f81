# OPENAI_API_KEY holds an Amazon Bedrock API key.
provider "openai" {
  base_url = "https://bedrock-mantle.us-east-1.api.aws/v1"
}

resource "openai_chat_completion" "greeting" {
  model = "openai.gpt-oss-120b"

  message {
    role    = "user"
    content = "Say hello."
  }
}
