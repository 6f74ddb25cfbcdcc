"""What was measured, as one page that opens from disk."""
