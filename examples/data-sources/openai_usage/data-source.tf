# What chat completions and responses took in the last seven days, by model.

data "openai_usage" "week" {
  type       = "completions"
  start_time = timeadd(plantimestamp(), "-168h")
  group_by   = ["model"]
}

output "tokens" {
  value = data.openai_usage.week.total.input_tokens + data.openai_usage.week.total.output_tokens
}

output "models" {
  value = distinct(flatten(data.openai_usage.week.buckets[*].results[*].model))
}

# A warning before a team uses more than was planned for.
check "requests" {
  assert {
    condition     = data.openai_usage.week.total.num_model_requests <= 100000
    error_message = "There were ${data.openai_usage.week.total.num_model_requests} requests in the last seven days."
  }
}
