terraform {
  required_providers {
    openai = {
      source = "seed-7e69199f/openai"
    }
  }
}
