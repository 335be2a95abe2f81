data "openai_vector_store" "support" {
  name = "support"
}

data "openai_vector_store_search" "refunds" {
  vector_store_id = data.openai_vector_store.support.id
  query           = "How long does a refund take?"
  max_num_results = 3
  filters         = jsonencode({ type = "eq", key = "language", value = "en" })
}

check "refunds_are_documented" {
  assert {
    condition     = try(data.openai_vector_store_search.refunds.results[0].filename == "faq.md", false)
    error_message = "The FAQ does not say how long a refund takes."
  }
}

output "passages" {
  value = flatten(data.openai_vector_store_search.refunds.results[*].content)
}
