from drawing import genre_folders


def test_show_prints_the_card(covergenre, starter):
    result = covergenre("starter", "show")
    assert result.code == 0
    assert "missing: anime" in result.out
    (answer,) = covergenre("starter", "show", "--json").lines
    assert answer["folder"] == str(starter)
    assert answer["card"]["genres"] == ["country", "jazz", "rap", "reggae"]


def test_build_makes_a_starter_with_the_bundled_backbone(covergenre, tmp_path, own_home):
    root = genre_folders(tmp_path / "covers", ("jazz", "rap"), 8)
    result = covergenre("starter", "build", root, "--seed", 7)
    assert result.code == 0
    assert (own_home / "starter" / "card.json").is_file()
    assert "16 covers of 2 genres" in result.out


def test_build_says_which_genres_it_needs(covergenre, tmp_path):
    result = covergenre("starter", "build", genre_folders(tmp_path / "covers", ("polka",), 2))
    assert result.code == 1
    assert "0 of the ten genres" in result.err
