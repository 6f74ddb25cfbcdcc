"""What a person wrote: small talk, a question about the whole, or a question that may lean on what was said before."""
