"""The index of a data set, which finds the neighbours of a cover among many quickly."""

from covergenre.audit.space import learn_basis
from covergenre.collection.disk_index import build_disk_index
from covergenre.collection.sources import INDEX_FOLDER, dataset_table, sample
from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import Dataset
from covergenre.embedding.embed import embed_missing
from covergenre.embedding.index import IndexStats
from covergenre.inspection.inspection import best_recipe, plain_width, split_if_possible
from covergenre.methods.space import Space
from covergenre.progress import SILENT, Monitor


def index_dataset(dataset: Dataset, monitor: Monitor = SILENT) -> IndexStats:
    """Make the index of a data set's usable covers, so that many are found among quickly; vectors first, where missing.

    They are compared where the audit compares them, by what a sample of them says. Raises as `embed_missing` does.
    """
    recipe, _ = best_recipe(dataset)
    store = embed_missing(dataset, recipe, monitor=monitor)["original"]
    monitor.report(0, 1, "splitting covers")
    split, covers, width = split_if_possible(dataset), usable(dataset_table(dataset)), plain_width(dataset, recipe)
    covers = covers.assign(part=split.parts.to_numpy() if split else "")
    basis = learn_basis(store.get(sample(covers)["content_hash"].tolist(), width)[1])
    axes = basis["axes"] / basis["deviation"][:, None]
    space = Space(axes, -basis["mean"] @ axes)
    return build_disk_index(dataset.folder / INDEX_FOLDER, covers, store, space, width, monitor=monitor)
