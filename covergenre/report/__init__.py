"""A comparison to take away: one HTML file, and tables."""

from pathlib import Path

STYLES = tuple(Path(__file__).with_name(name) for name in ("report.css", "charts.css"))
"""The look of the pieces of HTML that `sections` and `charts` make."""
