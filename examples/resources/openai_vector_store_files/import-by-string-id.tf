import {
  to = openai_vector_store_files.docs
  id = "vs_68f0a1b2c3d4e5f6"
}
