"""What is worked out of each picture of a data set, kept as a table by content hash; it may be thrown away."""

import logging
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from covergenre.files import replacing, where_allowed

_log = logging.getLogger(__name__)


def read_kept(file: Path, columns: Sequence[str], dtype: str) -> pd.DataFrame:
    """The table that `keep` wrote; one without rows, its columns of `dtype`, when it is missing or damaged."""
    try:
        found = pd.read_parquet(file)
        if list(found.columns) != list(columns) or not found.index.is_unique:
            raise ValueError("it doesn't hold one row a picture")
        return found
    except FileNotFoundError:
        pass
    except Exception as error:  # A damaged file brings any exception out of its reader.
        _log.warning("%s is damaged, what it held is made anew: %s", file, error)
    return pd.DataFrame(columns=list(columns), index=pd.Index([], dtype="str"), dtype=dtype)


def keep(table: pd.DataFrame, file: Path) -> None:
    """Write a table with a row a picture and content hashes as its index, whole or not at all."""
    with where_allowed():
        file.parent.mkdir(exist_ok=True)
        with replacing(file) as beside:
            table.to_parquet(beside)
