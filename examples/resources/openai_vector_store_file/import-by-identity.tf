import {
  to = openai_vector_store_file.leave
  identity = {
    vector_store_id = "vs_68f0a1b2c3d4e5f6"
    file_id         = "file-abc123"
  }
}
