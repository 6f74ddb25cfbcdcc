"""What every request passes, whichever its route."""
