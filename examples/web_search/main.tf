# What the web says, on these pages alone.

resource "openai_response" "release" {
  model          = "gpt-5.4"
  input          = "What is new in the latest release of Terraform? Name the three most important changes."
  max_tool_calls = 3

  tool {
    type = "web_search"
    web_search {
      search_context_size = "low"
      filters {
        allowed_domains = ["hashicorp.com", "github.com"]
      }
    }
  }

  # The answer is what the web said once. Change this to ask again.
  triggers = { month = "2026-11" }
}

output "release" {
  value = openai_response.release.content
}

output "pages" {
  value = { for source in coalesce(openai_response.release.citations, []) : source.url => source.title... if source.url != null }
}
