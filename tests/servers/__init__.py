"""Tests that need servers: `make stores` starts them."""
