"""A step that kills a process at a chosen cover, which a test could not time from outside."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path

from covergenre.cluster.steps import OpenedCover


@dataclass(frozen=True)
class CrashingStep:
    """Kills `whom` ("worker", "node" or the id of a process) at the cover of this width; once, unless `always`.

    `only_beside`: the id of a node that is spared, such as the head.
    """

    whom: str
    width: int
    mark: str
    always: bool = False
    only_beside: str = ""
    key: str = "deadly"

    def columns(self, cover: OpenedCover) -> dict[str, int]:
        """See `Step`."""
        if cover.decoded.width == self.width and not self._spared() and (self.always or self._first()):
            os.kill({"worker": os.getpid(), "node": os.getppid()}.get(self.whom) or int(self.whom), signal.SIGKILL)
            signal.pause()  # until the end comes
        return {"seen": cover.decoded.width}

    def _spared(self) -> bool:
        import ray

        return bool(self.only_beside) and ray.get_runtime_context().get_node_id() == self.only_beside

    def _first(self) -> bool:
        try:
            Path(self.mark).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True
