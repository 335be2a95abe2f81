# The recorded answers: what the model really said. No key, no network, no cost.
# What is not recorded yet is asked for, unless OPENAI_RECORDINGS_MODE is "replay", as in CI.

provider "openai" {
  recordings {
    directory = "tests/recordings"
  }
}

variables {
  tickets = {
    disk    = "The database server reports that its disk is full. Orders fail."
    invoice = "Please add our VAT number to the next invoice."
  }
}

run "urgent" {
  assert {
    condition     = output.urgent == tolist(["disk"])
    error_message = "Urgent are ${jsonencode(output.urgent)}."
  }
}

run "teams" {
  command = plan

  assert {
    condition     = output.teams["disk"] == "storage" && output.teams["invoice"] == "billing"
    error_message = "The teams are ${jsonencode(output.teams)}."
  }
}
