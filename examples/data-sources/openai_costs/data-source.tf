# A plan that fails when the month has cost more than was agreed.

variable "monthly_limit" {
  type    = number
  default = 500
}

data "openai_costs" "month" {
  start_time = formatdate("YYYY-MM-01", plantimestamp())

  lifecycle {
    postcondition {
      condition     = self.total <= var.monthly_limit
      error_message = "This month has cost ${self.total} ${self.currency == null ? "" : upper(self.currency)} so far, more than the ${var.monthly_limit} that were agreed."
    }
  }
}

# Who spent it. Here, a project that spends much gives a warning.
data "openai_costs" "projects" {
  start_time = formatdate("YYYY-MM-01", plantimestamp())
  group_by   = ["project_id"]
}

locals {
  costs = flatten(data.openai_costs.projects.buckets[*].results)
  by_project = { for id in distinct(compact(local.costs[*].project_id)) : id =>
    sum([for cost in local.costs : cost.amount.value if cost.project_id == id])
  }
}

check "projects" {
  assert {
    condition     = alltrue([for spent in values(local.by_project) : spent <= var.monthly_limit * 0.8])
    error_message = "One project has spent most of what was agreed for all."
  }
}

output "spent_by_project" {
  value = { for id, spent in local.by_project : id => format("%.2f", spent) }
}
