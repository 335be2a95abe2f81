# The recorded answers: what the model really said. No key, no network, no cost.

provider "openai" {
  recordings {
    directory = "tests/recordings"
    mode      = "replay"
  }
}

variables {
  tickets = {
    disk    = "The database server reports that its disk is full. Orders fail."
    invoice = "Please add our VAT number to the next invoice."
  }
}

# A plan knows recorded answers.
run "teams" {
  command = plan

  assert {
    condition     = output.teams["disk"] == "storage" && output.teams["invoice"] == "billing"
    error_message = "The teams are ${jsonencode(output.teams)}."
  }
}

run "urgent" {
  assert {
    condition     = output.urgent == tolist(["disk"])
    error_message = "Urgent are ${jsonencode(output.urgent)}."
  }
}
