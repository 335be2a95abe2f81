variable "rotation" {
  type        = string
  description = "Change it to rotate the secret."
  default     = "2026-01"
}

# The secret is in the state only encrypted for this key, whose identity the application has.
resource "openai_webhook_endpoint" "batches" {
  name        = "batches"
  url         = "https://hooks.example.com/openai"
  event_types = ["batch.completed", "batch.failed"]
  public_key  = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"

  rotate_when = {
    rotation = var.rotation
  }
}

output "encrypted_signing_secret" {
  value = openai_webhook_endpoint.batches.encrypted_signing_secret
}

# The secret is in the state as it is: whoever can read the state can sign events.
resource "openai_webhook_endpoint" "staging" {
  name                    = "staging"
  url                     = "https://hooks.staging.example.com/openai"
  event_types             = ["batch.completed", "batch.failed"]
  signing_secret_in_state = true
}

output "signing_secret" {
  value     = openai_webhook_endpoint.staging.signing_secret
  sensitive = true
}
