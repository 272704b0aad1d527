"""Large tables in Arrow files that are mapped into memory: a column takes room and time only when it is looked at."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from covergenre.files import replacing

_STAMP = b"csv"  # as the first tables that were kept so have it


def write_mapped(tables: Iterable[pd.DataFrame], file: Path, stamp: bytes = b"") -> None:
    """Write tables of the same columns to `file` as one, whole or not at all; one of them is in memory at a time."""
    import pyarrow as pa

    writer = None
    with replacing(file) as beside:
        for table in tables:
            columns = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata({_STAMP: stamp})
            writer = writer or pa.ipc.new_file(str(beside), columns.schema)
            writer.write_table(columns.combine_chunks())
        if writer:
            writer.close()


def read_mapped(file: Path, stamp: bytes = b"") -> pd.DataFrame | None:
    """What was written with this stamp, mapped; None when it is of another one. A damaged file raises anything."""
    import pyarrow as pa

    columns = pa.ipc.open_file(pa.memory_map(str(file))).read_all()
    if (columns.schema.metadata or {}).get(_STAMP) != stamp:
        return None
    texts = pd.StringDtype(na_value=np.nan)
    return columns.to_pandas(types_mapper={pa.large_string(): texts, pa.string(): texts}.get, split_blocks=True)
