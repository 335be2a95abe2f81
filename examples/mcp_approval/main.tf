# The model proposes calls, a rule approves some of them, and the model goes on.

variable "tracker_token" {
  type      = string
  ephemeral = true
}

resource "openai_response" "proposal" {
  model = "gpt-5.4"
  input = "Search the tracker for open incidents of the billing service."

  tool {
    type = "mcp"
    mcp {
      server_label  = "tracker"
      server_url    = "https://mcp.example.com/mcp"
      authorization = var.tracker_token
    }
  }
}

locals {
  proposed = [for item in jsondecode(openai_response.proposal.output_json) : item if item.type == "mcp_approval_request"]
}

resource "openai_response" "approved" {
  model                = "gpt-5.4"
  previous_response_id = openai_response.proposal.id

  input_items = jsonencode([for call in local.proposed : {
    type                = "mcp_approval_response"
    approval_request_id = call.id
    approve             = call.name == "search"
  }])

  tool {
    type = "mcp"
    mcp {
      server_label  = "tracker"
      server_url    = "https://mcp.example.com/mcp"
      authorization = var.tracker_token
    }
  }
}

output "incidents" {
  value = openai_response.approved.content
}
