from benchmarks.accuracy.recipes import TRIALS, read_by


def test_a_trial_can_be_read_by_another_network():
    for trial in TRIALS:
        other = read_by(trial, "timm:vit_small_patch14_dinov2.lvd142m")
        assert other.name == f"{trial.name}, DINOv2 small"
        assert {recipe.backbone for recipe in other.vectors} == {"timm:vit_small_patch14_dinov2.lvd142m"}
        assert len(set(other.vectors)) == len(other.vectors)
