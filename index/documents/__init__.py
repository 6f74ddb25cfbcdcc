"""From the bytes of a document to the text that a person reads in it: one file for each format."""
