"""Middleware: what every request passes, whatever its route."""
