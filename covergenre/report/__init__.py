"""A comparison to take away: one HTML file, and tables."""
