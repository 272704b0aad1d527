"""Runs: their settings, their progress and their results."""
