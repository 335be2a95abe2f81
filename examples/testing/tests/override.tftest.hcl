# One answer of your own, the others mocked.

mock_provider "openai" {
  mock_resource "openai_chat_completion" {
    defaults = {
      output = { team = "network", urgent = false }
    }
  }
}

override_resource {
  target = openai_chat_completion.triage["vpn"]
  values = {
    output = { team = "storage", urgent = true }
  }
}

variables {
  tickets = { vpn = "The VPN is slow.", wifi = "The wifi is slow." }
}

run "one_ticket_is_urgent" {
  assert {
    condition     = output.urgent == tolist(["vpn"])
    error_message = "Urgent are ${jsonencode(output.urgent)}."
  }
}
