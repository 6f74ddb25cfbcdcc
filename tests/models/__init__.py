"""What the real models answer, and the commands that load them."""
