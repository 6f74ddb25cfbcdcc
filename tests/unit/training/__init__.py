"""Tests of rag/training/."""
