"""Random articles and files: what `make fuzz` tries for as long as it is given."""
