import {
  to = openai_vector_store.handbook
  id = "vs_68f0a1b2c3d4e5f6"
}
