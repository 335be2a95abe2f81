data "openai_model" "chosen" {
  model = "gpt-4o"
}

output "shutdown_date" {
  value = data.openai_model.chosen.shutdown_date
}
