"""Tests of rag/annotation/."""
