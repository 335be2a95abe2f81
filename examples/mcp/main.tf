# The tools of an MCP server, with a token that is kept nowhere.

variable "tracker_token" {
  type      = string
  ephemeral = true
}

resource "openai_response" "incidents" {
  model          = "gpt-5.4"
  input          = "Search the tracker for open incidents of the billing service, and list them by age."
  max_tool_calls = 5

  tool {
    type = "mcp"
    mcp {
      server_label     = "tracker"
      server_url       = "https://mcp.example.com/mcp"
      authorization    = var.tracker_token
      allowed_tools    = ["search", "fetch"]
      require_approval = "never"
    }
  }
}

output "incidents" {
  value = openai_response.incidents.content
}

# What was called, and with what.
output "calls" {
  value = [for item in jsondecode(openai_response.incidents.output_json) : "${item.name} ${item.arguments}" if item.type == "mcp_call"]
}
