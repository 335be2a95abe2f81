data "openai_models" "all" {}

output "small_models" {
  value = [for m in data.openai_models.all.models : m.id if endswith(m.id, "-mini")]
}
