variable "batch_id" {
  type = string
}

action "openai_batch_cancel" "runaway" {
  config {
    batch_id = var.batch_id
  }
}
