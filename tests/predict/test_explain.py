import numpy as np
import pytest
from drawing import cover, encoded, genre_folders
from PIL import Image
from tiny import tiny_recipe

from covergenre.dataset.registry import register
from covergenre.images import decode, shrink
from covergenre.methods import TrainSpec
from covergenre.predict import Predictor
from covergenre.predict.explain import SIDE, Saliency, cover_up, evidence, probabilities, saliency
from covergenre.training.train import train


@pytest.fixture
def predictor(starter) -> Predictor:
    return Predictor.open()


@pytest.fixture
def jazz() -> Image.Image:
    """A cover that the starter has not seen."""
    return cover("jazz", 500, 120)


def paint_genres(root, colours: dict[str, str], each: int) -> None:
    """Folders of covers that are all but one colour, with a little noise so that no two are alike."""
    chance = np.random.default_rng(0)
    for genre, colour in colours.items():
        (root / genre).mkdir(parents=True)
        plain = np.asarray(Image.new("RGB", (64, 64), colour)).astype(int)
        for number in range(each):
            noisy = np.clip(plain + chance.integers(-40, 40, plain.shape), 0, 255).astype(np.uint8)
            Image.fromarray(noisy).save(root / genre / f"{number}.png")


class TestEvidence:
    def test_votes_by_genre_sum_to_1_in_descending_order(self, predictor, jazz):
        shares = evidence(predictor, jazz).shares
        assert set(shares) == set(predictor.genres)
        assert sum(shares.values()) == pytest.approx(1)
        assert list(shares.values()) == sorted(shares.values(), reverse=True)

    def test_the_share_of_a_genre_is_the_sum_of_its_votes(self, predictor, jazz):
        found = evidence(predictor, jazz)
        assert len(found.votes) == found.voters
        covers = {key: predictor.collection.known(key) for key in found.votes}
        for genre, share in found.shares.items():
            assert sum(found.votes[key] for key in found.votes if covers[key].genre == genre) == pytest.approx(share)

    def test_nearer_covers_have_larger_votes(self, predictor, jazz):
        found = evidence(predictor, jazz)
        near = [cover for cover in predictor.predict(encoded(jazz)).neighbours if cover.content_hash in found.votes]
        weights = [found.votes[cover.content_hash] for cover in near]
        assert len(near) > 4
        assert weights == sorted(weights, reverse=True)

    def test_only_training_covers_vote(self, predictor, jazz):
        assert {predictor.collection.known(key).part for key in evidence(predictor, jazz).votes} == {"train"}

    def test_a_known_cover_does_not_vote_for_itself(self, predictor, starter_folder):
        file = starter_folder.parent.parent / "covers" / "discogs" / "rap" / "000.jpg"
        image = decode(file.read_bytes()).image
        assert predictor.look(image).content_hash not in evidence(predictor, image).votes

    def test_a_run_without_nearest_neighbours_has_no_votes(self, tmp_path, jazz):
        dataset, _ = register("mine", genre_folders(tmp_path / "covers", ("jazz", "rap"), 8))
        run = train(dataset, TrainSpec("logistic", recipe=tiny_recipe(tmp_path)))
        assert evidence(Predictor.open(run.id), jazz) is None


class TestSaliency:
    @pytest.mark.parametrize("size", [(120, 120), (300, 300), (400, 250), (30, 90)])
    def test_every_genre_has_a_map_in_the_shape_of_the_cover(self, predictor, jazz, size):
        image = jazz.resize(size)
        found = saliency(predictor, image)
        small = shrink(image, SIDE)
        assert found.heat.shape == (len(predictor.genres), small.height, small.width)
        assert np.isfinite(found.heat).all()

    def test_a_fine_tuned_network_has_a_saliency_map(self, tmp_path):
        """Each genre is a colour: what is painted in it must speak for it, for the network saw nothing else."""
        paint_genres(tmp_path / "covers", {"jazz": "blue", "rap": "red"}, 16)
        dataset, _ = register("mine", tmp_path / "covers")
        recipe = tiny_recipe(tmp_path)
        quick = {"backbone": recipe.backbone, "weights": recipe.weights, "side": 64, "epochs": 6, "base_lr": 0.02}
        run = train(dataset, TrainSpec("finetune", {**quick, "batch": 8, "augmentation": False}, recipe=recipe))
        predictor = Predictor.open(run.id)
        image = Image.new("RGB", (96, 96), "blue")
        image.paste("red", (48, 0, 96, 96))
        found = saliency(predictor, image)
        assert found.heat.shape == (2, 96, 96)
        left, right = found.heat[0][:, :40].mean(), found.heat[0][:, 56:].mean()
        assert left > right
        before = probabilities(predictor, predictor.look(image), [image])[0, 0]
        covered = cover_up(image, found.region("jazz", 0.5).astype(np.float32))
        other = cover_up(image, found.region("rap", 0.5).astype(np.float32))
        after = probabilities(predictor, predictor.look(image), [covered, other])[:, 0]
        assert after[0] < after[1]
        assert after[0] < before

    def test_blank_areas_matter_less_than_drawn_ones(self, predictor):
        image = Image.new("RGB", (150, 150), "white")
        image.paste(cover("rap", 3, 75), (0, 0))
        heat = np.abs(saliency(predictor, image).heat)
        assert heat[:, :60, :60].mean() > 2 * heat[:, 100:, 100:].mean()

    def test_the_region_is_the_most_salient_share_for_a_genre(self):
        heat = np.arange(200, dtype=np.float32).reshape(2, 10, 10)
        found = Saliency(("jazz", "rap"), heat * [[[1]], [[-1]]])
        assert found.region("jazz", 0.2).sum() == 20
        assert found.region("jazz", 0.2)[8:].all()
        assert found.region("rap", 0.1)[0].all()

    def test_covering_the_region_costs_the_answer_more_than_covering_elsewhere(self, predictor):
        image = Image.new("RGB", (150, 150), "white")
        image.paste(cover("rap", 3, 75), (60, 60))
        before = probabilities(predictor, predictor.look(image), [image])[0]
        top = int(before.argmax())
        region = saliency(predictor, image).region(predictor.genres[top], 0.2).astype(np.float32)
        marked, elsewhere = (cover_up(image, mask) for mask in (region, np.roll(region, 75, (0, 1))))
        after = probabilities(predictor, predictor.look(image), [marked, elsewhere])
        others = np.delete(after, top, axis=1).sum(axis=1)  # the answer itself may be too near 1 to tell apart
        assert others[0] > others[1]


def test_covering_up_blurs_the_region_only(jazz):
    mask = np.zeros((120, 120), np.float32)
    mask[:, :60] = 1
    before, after = (np.asarray(image, np.float64) for image in (jazz, cover_up(jazz, mask)))
    assert np.array_equal(before[:, 60:], after[:, 60:])
    steps = [np.abs(np.diff(pixels[:, :60], axis=0)).max() for pixels in (before, after)]
    assert steps[1] < steps[0] / 4


def test_an_unaltered_picture_has_the_probabilities_of_the_prediction(predictor, jazz):
    look = predictor.look(jazz)
    (alone,) = probabilities(predictor, look, [jazz])
    prediction = predictor.predict(encoded(jazz))
    assert dict(zip(predictor.genres, alone, strict=True)) == pytest.approx(prediction.probabilities, abs=1e-4)
