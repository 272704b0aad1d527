import re
from dataclasses import replace
from html import unescape

import pytest

from covergenre.dataset.starter import Card, LeftOut, WordsFigures, WordsGain, open_starter
from covergenre.evaluation.intervals import Interval, wilson
from covergenre.formatting import counted, percent
from pages.widgets import model_card


@pytest.fixture(scope="module")
def card(starter_folder) -> Card:
    return open_starter(starter_folder).card


def words(html: str) -> str:
    """What of a piece of HTML is read."""
    return unescape(re.sub(r"<[^>]*>", " ", html))


def test_the_card_starts_with_accuracy_and_a_baseline(card):
    test, text = card.chosen.test, unescape(model_card.lead(card))
    commonest = max(scores.covers for scores in test.by_genre)
    assert text.startswith(f"The app learned from {card.covers} real album covers of 4 genres")
    assert f"right {percent(test.accuracy.value)} of the time" in text
    assert f"would be right {percent(commonest / test.covers)} of the time" in text


def test_accuracy_on_unseen_sources_comes_first(card):
    left_out = LeftOut(card.chosen.test, 0.37, card.chosen.by_source)
    card = replace(card, methods=tuple(replace(method, left_out=left_out) for method in card.methods))
    text = unescape(model_card.lead(card))
    assert text.index("covers from new sources") < text.index("held-out covers from known sources")
    assert f"the probability it states is {percent(0.37)} on average" in text
    table = words(model_card.by_new_source(card))
    assert table.count(percent(card.chosen.test.accuracy.value)) >= len(card.methods)
    for source in card.chosen.by_source:
        assert source.capitalize() in table


def test_without_held_out_sources_there_is_no_table_of_them(card):
    card = replace(card, methods=tuple(replace(method, left_out=None) for method in card.methods))
    assert model_card.by_new_source(card) == ""
    assert "new sources" not in model_card.lead(card)


def test_every_method_is_shown_with_the_default_first(card):
    text = words(model_card.figures(card))
    others = [method.title for method in card.methods if method.name != card.default]
    assert text.index(card.chosen.title) < text.index("used for predictions") < text.index(others[0])
    for name in ("Accuracy", "Balanced accuracy", "F1, weighted", "F1, macro", "Calibration error"):
        assert name in text


def test_every_genre_is_shown_with_its_covers_and_metrics(card):
    text = words(model_card.by_genre(card.chosen.test))
    for scores in card.chosen.test.by_genre:
        assert counted(scores.covers, "cover") in text
        assert percent(scores.recall.value) in text
    assert [genre for genre in ("Country", "Jazz", "Rap", "Reggae") if genre in text] == [
        "Country",
        "Jazz",
        "Rap",
        "Reggae",
    ]


def test_every_source_is_shown_with_its_accuracy(card):
    text = words(model_card.by_source(card))
    for source, figures in card.chosen.by_source.items():
        assert source.capitalize() in text
        assert percent(figures.accuracy.value) in text


def test_covers_are_counted_by_genre_part_and_in_total(card):
    rows = re.findall(r"<tr>(.*?)</tr>", model_card.made_from(card))
    assert words(rows[1]).split()[:4] == ["Country", *(str(number) for number in card.counts["country"].values())]
    assert words(rows[-1]).split()[0] == "All"
    assert sum(int(number) for number in words(rows[-1]).split()[1:]) == card.covers


def test_a_genre_is_shown_with_all_its_sources(card):
    sources = {"discogs": dict.fromkeys(card.genres, 5), "spotify": {**dict.fromkeys(card.genres, 0), "jazz": 1}}
    html = model_card.made_from(replace(card, sources=sources))
    assert [words(cell).strip() for cell in re.findall(r"<td>([^<]*)</td></tr>", html)] == [
        *("Discogs", "Discogs, Spotify", "Discogs", "Discogs", ""),
    ]


def test_only_reasons_that_excluded_covers_are_named(card):
    told = {"can't be read": 0, "of a genre beyond the ten": 924, "stands under two genres": 2, "too <b>loud</b>": 1}
    text = model_card.left_out(replace(card, left_out=told))
    assert (
        unescape(text) == "Left out: 924 of a genre beyond the ten, 2 labelled with two genres and 1 too <b>loud</b>."
    )
    assert "<b>" not in text
    assert model_card.left_out(replace(card, left_out={"can't be read": 0})) == ""


def test_missing_genres_are_named(card):
    text = " ".join(model_card.limits(replace(card, missing=("anime", "disco")), []))
    assert "There are no real covers of anime and disco" in text
    assert "There are no real covers" not in " ".join(model_card.limits(replace(card, missing=()), []))


def test_genres_with_few_covers_or_one_source_and_nameless_sources_are_named(card):
    text = " ".join(model_card.limits(card, ["discogs"]))
    assert "fewer than 30 test covers of country, jazz, rap and reggae" in text
    assert "All covers of country, jazz, rap and reggae come from one source each" in text
    assert "Covers from Discogs come without artists" in text


def test_the_resolution_is_named_where_there_is_a_limit(card):
    assert "150 px" in " ".join(model_card.honesty(replace(card, recipe={"limit": 150})))
    assert "px" not in " ".join(model_card.honesty(replace(card, recipe={"limit": None})))


def test_a_genre_with_hardly_any_recognised_test_covers_is_named(card):
    missed = replace(card.chosen.test.by_genre[0], recall=Interval(0.0, 0.0, 0.5))
    test = replace(card.chosen.test, by_genre=(missed, *card.chosen.test.by_genre[1:]))
    methods = tuple(replace(each, test=test) if each.name == card.default else each for each in card.methods)
    limits = model_card.limits(replace(card, methods=methods), [])
    text = next(each for each in limits if "Hardly ever answered" in each)
    assert missed.genre in unescape(text).lower()
    assert f"(0 of {missed.covers})" in text


def test_the_gain_from_text_is_shown_for_all_covers_and_unseen_sources(card):
    assert model_card.by_words(card) == ""
    gains = (WordsGain(20, wilson(8, 20), wilson(12, 20)), WordsGain(10, wilson(4, 10), wilson(5, 10)))
    text = words(model_card.by_words(replace(card, words=WordsFigures(0.8, *gains))))
    for told in ("20 covers", "10 covers", "40\u202f%", "60\u202f%", "50\u202f%"):
        assert told in text
