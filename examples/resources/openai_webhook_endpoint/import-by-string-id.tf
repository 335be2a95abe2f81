import {
  to = openai_webhook_endpoint.batches
  id = "whe_68f0a1b2c3d4e5f6"
}
