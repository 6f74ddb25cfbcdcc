"""Tests of rag/chat/."""
