resource "openai_webhook_endpoint" "alerts" {
  name                    = "alerts"
  url                     = "https://hooks.example.com/alerts"
  event_types             = ["safety.alert.created"]
  signing_secret_in_state = true

  # Each change is followed by a test.
  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.openai_webhook_endpoint_test.alerts]
    }
  }
}

action "openai_webhook_endpoint_test" "alerts" {
  config {
    webhook_endpoint_id = openai_webhook_endpoint.alerts.id
    event_type          = "safety.alert.created"
  }
}
