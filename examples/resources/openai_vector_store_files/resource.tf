resource "openai_vector_store" "docs" {
  name = "docs"
}

resource "openai_vector_store_files" "docs" {
  vector_store_id = openai_vector_store.docs.id

  documents = {
    for name in fileset(path.module, "docs/**/*.md") : name => {
      source = "${path.module}/${name}"
    }
  }
}
