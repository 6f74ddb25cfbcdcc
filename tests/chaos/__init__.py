"""Kills, damage, full disks and crowds: `python -m tests.chaos`."""
