"""Who does the same work on many items: this process, or the machines of a Ray cluster."""
