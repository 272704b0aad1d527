import pytest

from covergenre.methods import METHODS, method
from pages.train.fields import CHOSEN, FIELDS, defaults, in_words, of_preset

every_field = pytest.mark.parametrize(
    ("name", "field"), [(name, field) for name in METHODS for field in FIELDS[name]], ids=lambda value: str(value)[:30]
)


@every_field
def test_every_field_value_is_valid_for_its_method(name, field):
    for value in field.words:
        assert getattr(method(name).Parameters(**{field.name: value}), field.name) == value


@every_field
def test_automatic_choices_are_put_into_words(name, field):
    assert defaults(name)[field.name] in field.words


@pytest.mark.parametrize("name", [name for name in METHODS if method(name).presets])
def test_the_reference_settings_can_be_shown(name):
    parameters = of_preset(name, "reference")
    for field in FIELDS[name]:
        assert parameters[field.name] in field.options(parameters[field.name])
        assert field.word(parameters[field.name])


def test_no_choice_is_described_where_none_was_made():
    assert in_words("finetune", {"weights": None}) == [("Weights", "The network's own")]


def test_parameters_are_put_into_words():
    said = dict(in_words("knn", {"k": None, "metric": "blend", "balance": 0.5, "vote_temperature": 0.07}))
    assert said == {
        "Neighbours": CHOSEN,
        "Compared by": "Looks and genre",
        "Rare genres": "In between",
        "Vote temperature": "0.07",
    }
