# AZURE_OPENAI_API_KEY holds a key of the resource. Without it, Microsoft Entra ID is asked for a token.
provider "openai" {
  azure {
    endpoint    = "https://my-resource.openai.azure.com"
    api_version = "2024-10-21"
  }
}

resource "openai_chat_completion" "greeting" {
  model = "my-deployment"

  message {
    role    = "user"
    content = "Say hello."
  }
}
