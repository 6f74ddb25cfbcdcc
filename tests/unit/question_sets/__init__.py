"""Tests of rag/question_sets/."""
