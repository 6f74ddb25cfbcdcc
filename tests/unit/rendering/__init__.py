"""Tests of rag/rendering/."""
