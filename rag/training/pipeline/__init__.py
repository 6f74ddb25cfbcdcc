"""What fits the shipped weights and confidence, and measures the whole pipeline."""
