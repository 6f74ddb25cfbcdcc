"""Tests of rag/reading/."""
