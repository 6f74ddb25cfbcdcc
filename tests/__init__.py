"""Tests: each states a fact and asserts values."""
