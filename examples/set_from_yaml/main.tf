# The requests are a file that people edit without knowing Terraform.

resource "openai_chat_completion_set" "announcements" {
  model                 = "gpt-5.4-mini"
  max_completion_tokens = 300

  message {
    role    = "system"
    content = "Write an announcement of one paragraph."
  }

  requests = yamldecode(file("${path.module}/announcements.yaml"))
}

output "announcements" {
  value = { for name, answer in openai_chat_completion_set.announcements.answers : name => answer.content }
}
