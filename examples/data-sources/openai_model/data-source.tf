data "openai_model" "chosen" {
  model = "gpt-5.4"
}

output "shutdown_date" {
  value = data.openai_model.chosen.shutdown_date
}
