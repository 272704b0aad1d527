"""Runs: what was asked for, what is known while it is worked on, and what came of it."""
