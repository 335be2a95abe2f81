import {
  to = openai_vector_store_files.docs
  identity = {
    vector_store_id = "vs_68f0a1b2c3d4e5f6"
  }
}
