import pytest

from covergenre.errors import CoverGenreError
from covergenre.methods import TrainSpec
from covergenre.methods.logistic import Parameters


def test_parameters_may_be_an_object_or_a_mapping():
    whole = TrainSpec(method="logistic", parameters=Parameters(c=0.1))
    assert whole.parameters == {"c": 0.1, "balance": Parameters().balance}
    assert TrainSpec(method="logistic", parameters={"c": "0.1"}).parameters_as(Parameters) == Parameters(c=0.1)


@pytest.mark.parametrize(
    ("wrong", "message"), [({"k": 3}, "logistic has no parameter 'k'"), ({"c": "x"}, "c of logistic can't be 'x'")]
)
def test_an_invalid_parameter_is_named(wrong, message):
    with pytest.raises(CoverGenreError, match=message):
        TrainSpec(method="logistic", parameters=wrong).parameters_as(Parameters)
