resource "openai_webhook_endpoint" "audit" {
  name                    = "audit"
  url                     = "https://audit.example.com/openai"
  event_types             = ["safety.alert.created"]
  signing_secret_in_state = true
}

data "openai_webhook_endpoint" "audit" {
  name = openai_webhook_endpoint.audit.name
}

output "audited" {
  value = data.openai_webhook_endpoint.audit.event_types
}
