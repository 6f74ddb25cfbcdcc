"""Tests of rag/answering/."""
