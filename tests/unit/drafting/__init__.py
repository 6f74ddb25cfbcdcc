"""Tests of rag/drafting/."""
