"""From a map of text probabilities to the boxes around lines.

Differentiable binarization (Liao and others, Real-time scene text detection, AAAI 2020): each connected patch of the
map is a shrunken line; its box is the smallest rotated rectangle around it, enlarged again.
"""

from collections.abc import Sequence

import numpy as np

_THRESHOLD, _MIN_MEAN = 0.3, 0.5  # probabilities: of a patch's pixels, and on average
_ENLARGED = 1.6
_MIN_SIDE = 3  # pixels of the map
_ANGLES = np.deg2rad(np.arange(-45, 45, 3))
_AXES = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)  # (angles, 2): the axis along the line
_LEVEL = len(_ANGLES) // 2
_WORTH_ROTATING = 0.9  # of the level rectangle's area: what is nearly level is taken for level


def find_boxes(lettering: np.ndarray) -> np.ndarray:
    """The boxes of lines in a map (height, width) of probabilities: float64 (n, 4, 2), the largest first.

    Corners are x, y in pixels of the map, from the upper left clockwise as the line is read.
    """
    found = [box for patch in patches(lettering > _THRESHOLD) if (box := _box(patch, lettering)) is not None]
    return np.array(sorted(found, key=lambda box: -_area(list(box)))).reshape(-1, 4, 2)


def patches(mask: np.ndarray) -> list[np.ndarray]:
    """The connected components of a mask, diagonally too: the runs of each, int (n, 3), as y, first x, end x.

    `scipy.ndimage.label` would do it, but importing it takes longer than the first prediction may.
    """
    padded = np.pad(mask.astype(np.int8), ((0, 0), (1, 1)))
    change = np.diff(padded, axis=1)
    rows, starts = np.nonzero(change == 1)
    ends = np.nonzero(change == -1)[1]
    parent = list(range(len(rows)))

    def root(run: int) -> int:
        while parent[run] != run:
            parent[run] = parent[parent[run]]
            run = parent[run]
        return run

    above = 0  # the first run that may still touch one of this row or a later one
    for run, (y, start, end) in enumerate(zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True)):
        while rows[above] < y - 1 or (rows[above] == y - 1 and ends[above] < start):
            above += 1
        other = above
        while rows[other] == y - 1 and starts[other] <= end:
            parent[root(other)] = root(run)
            other += 1
    runs = np.stack([rows, starts, ends], axis=1)
    owners = np.array([root(run) for run in range(len(runs))], int)
    return [runs[owners == owner] for owner in np.unique(owners)]


def _box(patch: np.ndarray, lettering: np.ndarray) -> np.ndarray | None:
    """The box of a patch; None when it is too small or too improbable."""
    if len(patch) < _MIN_SIDE:
        return None
    if np.mean(np.concatenate([lettering[y, start:end] for y, start, end in patch])) < _MIN_MEAN:
        return None
    y, start, end = patch.T
    points = np.concatenate([np.stack([x, row], axis=1) for x in (start, end) for row in (y, y + 1)]).astype(float)
    low, high, along = _smallest_rectangle(points)
    width, height = high - low
    if min(width, height) < _MIN_SIDE:
        return None
    grown = _ENLARGED * width * height / (2 * (width + height))
    low, high = low - grown, high + grown
    across = np.array([-along[1], along[0]])
    corners = [(low[0], low[1]), (high[0], low[1]), (high[0], high[1]), (low[0], high[1])]
    return np.array([a * along + b * across for a, b in corners])


def _smallest_rectangle(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The lowest and highest places of the points (n, 2) along and across the axis whose rectangle is smallest, and
    that axis."""
    places = np.stack([points @ _AXES.T, points @ np.stack([-_AXES[:, 1], _AXES[:, 0]])])  # (2, n, angles)
    low, high = places.min(axis=1), places.max(axis=1)
    areas = np.prod(high - low, axis=0)
    best = int(areas.argmin())
    best = _LEVEL if areas[best] > _WORTH_ROTATING * areas[_LEVEL] else best
    return low[:, best], high[:, best], _AXES[best]


def _area(box: Sequence[np.ndarray]) -> float:
    return float(np.linalg.norm(box[1] - box[0]) * np.linalg.norm(box[3] - box[0]))
