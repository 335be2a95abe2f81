data "openai_webhook_endpoints" "all" {}

# Whether all events stay within the company.
check "receivers" {
  assert {
    condition     = alltrue([for e in data.openai_webhook_endpoints.all.webhook_endpoints : can(regex("^https://[^/]*\\.example\\.com/", e.url))])
    error_message = "An endpoint is outside of example.com."
  }
}
