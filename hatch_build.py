"""The package's dependencies are those of the requirements files: each is written down once."""

from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Requirements(MetadataHookInterface):
    """`covergenre` needs requirements-light.txt; `covergenre[full]` and `[cluster]` what other files add to it."""

    def update(self, metadata: dict) -> None:
        """Fill in what pyproject.toml calls dynamic."""
        metadata["dependencies"] = self._read("requirements-light.txt")
        extras = {"full": "requirements.txt", "cluster": "requirements-cluster.txt"}
        metadata["optional-dependencies"] = {name: self._read(file) for name, file in extras.items()}

    def _read(self, name: str) -> list[str]:
        lines = Path(self.root, name).read_text(encoding="utf-8").splitlines()
        return [line for line in lines if line and not line.startswith(("#", "-"))]
