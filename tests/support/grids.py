"""The grids of covers on a page in an AppTest."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest


def tiles(page: AppTest, grid: str) -> list[dict[str, Any]]:
    """The data of a grid's tiles; empty where there is no such grid."""
    found = _grid(page, grid)
    return json.loads(_told(found))["tiles"] if found else []


def press_tile(page: AppTest, grid: str, place: int, event: str = "go") -> AppTest:
    """Press a tile, or the button in its corner (`event` "mark")."""
    states = page._tree.get_widget_states()
    pressed = states.widgets.add()
    pressed.id = f"$$STREAMLIT_INTERNAL_KEY_{_grid(page, grid).id}__events"
    pressed.json_trigger_value = json.dumps([{"event": event, "value": tiles(page, grid)[place]["key"]}])
    return page._run(states)


def _grid(page: AppTest, grid: str) -> Any:
    known = (element.proto for element in page.get("bidi_component"))
    return next((proto for proto in known if proto.id.endswith(f"-grid-{grid}")), None)


def _told(proto: Any) -> str:
    return proto.json or proto.mixed.json
