# Every answer is the same. Without the defaults, output would be null.

mock_provider "openai" {
  mock_resource "openai_chat_completion" {
    defaults = {
      content = "{\"team\":\"network\",\"urgent\":false}"
      output  = { team = "network", urgent = false }
    }
  }
}

variables {
  tickets = { vpn = "The VPN is slow.", wifi = "The wifi is slow." }
}

run "no_ticket_is_urgent" {
  assert {
    condition     = length(output.urgent) == 0 && output.teams["vpn"] == "network"
    error_message = "The tickets are for ${jsonencode(output.teams)}."
  }
}
