"""What pytest leaves alone here: modules that run in the peers' environment and import the peers."""

collect_ignore = ["stacks/haystack.py", "stacks/txtai.py"]
