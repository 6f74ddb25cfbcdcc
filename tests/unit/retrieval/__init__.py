"""Tests of rag/retrieval/."""
