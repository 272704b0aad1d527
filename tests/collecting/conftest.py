"""A world to collect from, which answers twenty times as fast as the real one may be asked."""

from dataclasses import replace

import pytest

from benchmarks.standin import World, standing_in
from covergenre.collecting import sources

FASTER = 20


@pytest.fixture
def world(monkeypatch):
    """What there is to collect, and a server that speaks for it; the settings lead to it."""
    world = World()
    usual = sources._source
    monkeypatch.setattr(
        sources, "_source", lambda *named: replace(usual(*named), between=usual(*named).between / FASTER)
    )
    monkeypatch.setattr("covergenre.web._wait", lambda state: 0.01)
    with standing_in(world) as base:
        for setting in sources.SETTINGS:
            monkeypatch.setenv(setting, base)
        yield world
