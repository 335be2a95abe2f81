# The ten newest of one project.
data "openai_chat_completions" "newest" {
  metadata = { project = "migration" }
  order    = "desc"
  limit    = 10
}

output "cost_in_tokens" {
  value = sum(concat([0], data.openai_chat_completions.newest.completions[*].usage.total_tokens))
}
