"""Tests of rag/language/."""
