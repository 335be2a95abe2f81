data "openai_webhook_event_types" "all" {}

# All events of batches, whatever there are.
resource "openai_webhook_endpoint" "all_of_batches" {
  name                    = "all of batches"
  url                     = "https://hooks.example.com/batches"
  event_types             = [for name in data.openai_webhook_event_types.all.event_types : name if startswith(name, "batch.")]
  signing_secret_in_state = true
}
