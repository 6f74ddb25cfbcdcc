"""Tests of rag/understanding/."""
