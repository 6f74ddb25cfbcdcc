"""Tests of the room `rag/library`."""
