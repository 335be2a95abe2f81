terraform {
  required_providers {
    openai = {
      source = "seed-7e69199f/openai"
    }
  }
}

# The key comes from the environment variable OPENAI_API_KEY.
provider "openai" {
  max_retries     = 8
  request_timeout = "5m"
}
