"""Tests: each states a fact and asserts values."""

import pytest

# what these assert is told in full, as in the tests themselves
pytest.register_assert_rewrite("tests.page", "tests.host")
