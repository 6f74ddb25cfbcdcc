"""Tests that need a Ray cluster: `make ray` starts one."""
