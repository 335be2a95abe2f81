resource "openai_batch" "labels" {
  endpoint = "/v1/embeddings"

  requests = [for label in ["billing", "shipping"] : {
    custom_id = label
    body      = jsonencode({ model = "text-embedding-3-small", input = label })
  }]
}

data "openai_batch" "labels" {
  id = openai_batch.labels.id
}

# The results of any batch, as the server has them, one line for each request.
data "openai_file_content" "labels" {
  file_id = data.openai_batch.labels.output_file_id
}

output "vectors" {
  value = {
    for line in split("\n", trimspace(data.openai_file_content.labels.content)) :
    jsondecode(line).custom_id => length(jsondecode(line).response.body.data[0].embedding)
  }
}
