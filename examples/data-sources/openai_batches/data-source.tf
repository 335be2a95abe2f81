data "openai_batches" "all" {}

# What runs now, and how far it is.
output "running" {
  value = {
    for b in data.openai_batches.all.batches : b.id => b.request_counts
    if contains(["validating", "in_progress", "finalizing"], b.status)
  }
}
