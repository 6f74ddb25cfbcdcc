"""An index kept as a library: what is in it, whether it is whole, and how it follows a folder."""
