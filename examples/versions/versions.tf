terraform {
  # Write-only arguments, such as content_wo, need 1.11.
  required_version = ">= 1.11"

  required_providers {
    openai = {
      source  = "seed-7e69199f/openai"
      version = "~> 0.1"
    }
  }
}
