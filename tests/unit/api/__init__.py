"""Tests of rag/api/."""
