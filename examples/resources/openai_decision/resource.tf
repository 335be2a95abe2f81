# A report is sorted once, when it is written or changes.

variable "incident" {
  type    = string
  default = "Since nine o'clock, half of the customers cannot log in. The database of sessions is full. An outage of the shop itself was not seen."
}

resource "openai_decision" "incident" {
  model = "gpt-6-luna"
  input = var.incident

  questions = [
    {
      type         = "choice"
      name         = "team"
      instructions = "Which team should look at it first?"
      choices = [
        { value = "network", description = "Connections, names, certificates." },
        { value = "storage", description = "A database or a disk is full, slow or broken." },
        { value = "shop", description = "Prices, orders, invoices." },
      ]
    },
    {
      type         = "score"
      name         = "severity"
      instructions = "How bad is it for customers?"
      levels = [
        { label = "cosmetic", description = "Nobody is kept from anything." },
        { label = "degraded", description = "Some customers cannot do what they want." },
        { label = "outage", description = "Nobody can use the service." },
      ]
    },
    {
      type         = "predicate"
      name         = "lost"
      instructions = "Data of customers was lost."
    },
  ]
}

output "incident" {
  value = {
    team     = openai_decision.incident.choices["team"]
    severity = openai_decision.incident.scores["severity"]
    lost     = openai_decision.incident.probabilities["lost"] >= 0.5
  }
}
