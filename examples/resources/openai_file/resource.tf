resource "openai_file" "handbook" {
  source  = "${path.module}/handbook.md"
  purpose = "assistants"

  # The new file is there before the old one goes.
  lifecycle {
    create_before_destroy = true
  }
}
