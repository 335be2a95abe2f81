tickets = {
  disk    = "The database server reports that its disk is full. Orders fail."
  invoice = "Please add our VAT number to the next invoice."
}
