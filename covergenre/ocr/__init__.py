"""Reads the text on covers with networks that come in a wheel (see `networks`)."""
