variable "release_notes" {
  type    = string
  default = "Version 3 has a new search. To upgrade, rename the setting search_url to search_endpoint."
}

# Asked, and billed, at each plan.
data "openai_decision" "notes" {
  model = "gpt-6-luna"
  input = var.release_notes

  questions = [
    {
      type         = "predicate"
      name         = "upgrade"
      instructions = "The notes say how to upgrade."
    },
    {
      type         = "choice"
      name         = "audience"
      instructions = "Who has to act?"
      choices = [
        { value = "nobody" },
        { value = "operators", description = "A setting or a deployment has to be changed." },
        { value = "developers", description = "Code that calls the service has to be changed." },
      ]
    },
  ]
}

# Nothing is published as long as this does not hold.
resource "terraform_data" "published" {
  input = var.release_notes

  lifecycle {
    precondition {
      condition     = data.openai_decision.notes.probabilities["upgrade"] >= 0.8
      error_message = "The release notes do not say how to upgrade."
    }
  }
}

# A warning only.
check "audience" {
  assert {
    condition     = data.openai_decision.notes.choices["audience"] != "developers"
    error_message = "Developers have to act: announce this release a week ahead."
  }
}
