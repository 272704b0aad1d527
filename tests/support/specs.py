"""Specifications of trainings whose genres need no names."""

from covergenre.methods import TrainSpec


def train_spec(method: str, n_genres: int = 3, parameters=None, seed: int = 42) -> TrainSpec:
    return TrainSpec(method=method, parameters=parameters or {}, genres=tuple(map(str, range(n_genres))), seed=seed)
