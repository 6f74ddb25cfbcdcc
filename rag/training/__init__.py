"""Trains the readers' adapters from open data: `python -m rag.training --help`."""
