"""The issues that an audit looks for: what each means, why it matters, and from which score a cover is flagged."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Issue:
    """One kind of defect. Scores are 0-1, 1 the worst; covers that score `threshold` or more are flagged.

    `grave`: it makes the figures of every method wrong, rather than a little worse.
    """

    name: str
    threshold: float
    meaning: str
    harm: str
    grave: bool = False


_MISLEADING = "It misleads the methods that are trained on it."

ISSUES = (
    Issue("unreadable", 0.5, "The file can't be read as a picture.", "The cover is missing from every number."),
    Issue(
        "exact duplicates",
        0.5,
        "Covers with the same pixels.",
        "One picture counts several times, and may be in both training and test.",
        grave=True,
    ),
    Issue(
        "near duplicates",
        0.65,
        "Nearly the same picture: saved again, cropped, brightened, with a sticker on it.",
        "As exact duplicates, and harder to see.",
        grave=True,
    ),
    Issue(
        "contradicting labels",
        0.65,
        "The same or nearly the same picture has two genres.",
        "No method can be right about both, and each contradicts what the other teaches.",
        grave=True,
    ),
    Issue(
        "leakage",
        0.5,
        "A picture (score 1) or an artist (0.5) is on both sides of the split.",
        "The test repeats what was trained on: its figures are too good.",
        grave=True,
    ),
    Issue(
        "blank",
        0.87,
        "One colour and nothing else.",
        "Nothing in it shows a genre: often a placeholder.",
    ),
    Issue("dark", 0.68, "Even the brightest parts are dark.", "Little of the artwork can be seen."),
    Issue("light", 0.95, "Even the darkest parts are light.", "Little of the artwork can be seen."),
    Issue("low information", 0.7, "Few different colours, most of them in large areas.", _MISLEADING),
    Issue("blurry", 0.5, "No sharp edge anywhere.", "Lettering and texture, which distinguish genres, are gone."),
    Issue("grayscale", 0.75, "No colour.", "If one genre has more of them, colour gives it away."),
    Issue(
        "odd size",
        0.5,
        "Much smaller or larger than most.",
        "Small ones lack detail; if sizes differ between genres, size gives the genre away.",
    ),
    Issue("odd aspect", 0.26, "Longer than 4:3.", "Not an album's front: a banner, a box, a scan of both sides."),
    Issue("colour mode", 0.5, "Stored in another colour mode than most.", "Conversion shifts colours."),
    Issue("mixed formats", 0.5, "Stored in another file format than most.", "Its compression can give the genre away."),
    Issue(
        "near names",
        0.5,
        "Two genres with nearly the same name, such as Jazz and jazz.",
        "Methods learn them as two genres, and one predicted for the other counts as a mistake.",
        grave=True,
    ),
    Issue(
        "class imbalance",
        0.5,
        "A genre with less than half of its fair share of covers.",
        "It is learned badly, and accuracy hardly shows it.",
    ),
    Issue(
        "wrong labels",
        0.98,
        "Judged by all other covers, its genre is very unlikely; the score is one minus its probability.",
        _MISLEADING,
        grave=True,
    ),
    Issue("outliers", 0.5, "Unlike the covers of its own genre.", "Often not a cover at all, or one of another genre."),
    Issue(
        "spurious cues",
        0.8,
        "Size, resolution, brightness, compression or source alone gives its genre away; the score is the AUC.",
        "A method learns the cue instead of the artwork and fails on other data.",
        grave=True,
    ),
)

THRESHOLDS: Mapping[str, float] = MappingProxyType({issue.name: issue.threshold for issue in ISSUES})
