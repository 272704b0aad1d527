"""The colours of many covers at once, from their signatures."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from covergenre import images

_COLOURS = 16
_REFINEMENTS = 4  # iterations of k-means after the median cut; it converges in fewer
_SAMPLE = 4000  # covers to choose the colours from; more make no visible difference


@dataclass(frozen=True)
class Swatch:
    """A colour ("#1d1b18"), the share of the covers' area nearest to it, and that share among all covers."""

    colour: str
    share: float
    usual: float


class Palette:
    """A few colours for all covers, by Pillow's median cut and k-means, so that groups of covers can be compared.

    A signature holds soft averages, so that small bright spots are lost.
    """

    def __init__(self, signatures: Sequence[bytes]) -> None:
        """`signatures` of all covers; empty ones are ignored."""
        known = _known(signatures)
        self._reduced = None
        if known:
            few = known[:: -(-len(known) // _SAMPLE)]
            self._reduced = _sheet(few).quantize(_COLOURS, Image.Quantize.MEDIANCUT, _REFINEMENTS)
            self._colours = np.array((self._reduced.getpalette("RGB") or [])[: 3 * _COLOURS], np.uint8).reshape(-1, 3)
            self._usual = self._shares(few)

    def swatches(self, signatures: Sequence[bytes]) -> tuple[Swatch, ...]:
        """The colours of these covers, from dark to light; none where no cover has a signature."""
        known = _known(signatures)
        if self._reduced is None or not known:
            return ()
        shares = self._shares(known)
        order = np.argsort(self._colours @ (0.299, 0.587, 0.114), kind="stable")
        return tuple(
            Swatch("#{:02x}{:02x}{:02x}".format(*self._colours[at]), float(shares[at]), float(self._usual[at]))
            for at in order
            if shares[at] > 0
        )

    def _shares(self, signatures: Sequence[bytes]) -> np.ndarray:
        reduced = _sheet(signatures).quantize(palette=self._reduced, dither=Image.Dither.NONE)
        counts = np.bincount(np.asarray(reduced).ravel(), minlength=len(self._colours))
        return counts / counts.sum()


def _known(signatures: Sequence[bytes]) -> list[bytes]:
    return [signature for signature in signatures if len(signature) == images.SIGNATURE_LENGTH]


def _sheet(signatures: Sequence[bytes]) -> Image.Image:
    """The tiles of the signatures, one below the other, 6 x 6 RGB pixels each."""
    luma, blue, red = images.read_signatures(signatures)
    bands = [luma, *(np.repeat(np.repeat(band, 2, axis=1), 2, axis=2) for band in (blue, red))]
    return Image.merge("YCbCr", [Image.fromarray(band.reshape(-1, band.shape[2])) for band in bands]).convert("RGB")
