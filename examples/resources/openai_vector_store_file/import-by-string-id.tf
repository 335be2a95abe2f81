import {
  to = openai_vector_store_file.leave
  id = "vs_68f0a1b2c3d4e5f6/file-abc123"
}
