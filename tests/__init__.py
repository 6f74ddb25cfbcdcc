"""Tests: each states a fact and asserts values."""

import os

import pytest

# as the command line has it; read when a library with OpenMP is loaded
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# what these assert is told in full, as in the tests themselves
pytest.register_assert_rewrite("tests.page", "tests.host")
