# Announcements are judged once, before they go anywhere.

variable "announcements" {
  type = map(string)
  default = {
    outage  = "The shop will be closed for an hour on Sunday morning."
    feature = "You can now pay by invoice."
  }
}

resource "openai_moderation" "announcements" {
  inputs = values(var.announcements)
}

# As long as one of them is flagged, none is published or changed.
resource "terraform_data" "published" {
  input = var.announcements

  lifecycle {
    precondition {
      condition     = !openai_moderation.announcements.flagged
      error_message = "Flagged: ${join(", ", [for i, name in keys(var.announcements) : name if openai_moderation.announcements.results[i].flagged])}."
    }
  }
}
