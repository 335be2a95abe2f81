import {
  to = openai_batch.sentiment
  identity = {
    id = "batch_68f0a1b2c3d4e5f6"
  }
}
