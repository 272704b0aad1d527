from pages.widgets.brought import BroughtPictures, is_brought


def test_a_picture_is_found_by_its_key():
    shelf = BroughtPictures()
    key = shelf.keep("mine.png", b"pixels")
    assert is_brought(key)
    assert (shelf.get(key).name, shelf.get(key).data) == ("mine.png", b"pixels")
    assert shelf.keep("again.png", b"pixels") == key


def test_of_too_much_those_not_asked_for_longest_go():
    shelf = BroughtPictures(most=30)
    first, second = (shelf.keep("", bytes([number]) * 10) for number in (1, 2))
    shelf.get(first)
    third, fourth = (shelf.keep("", bytes([number]) * 10) for number in (3, 4))
    assert [shelf.get(key) is not None for key in (first, second, third, fourth)] == [True, False, True, True]


def test_the_key_of_a_known_cover_is_none_of_them():
    assert not is_brought("0123456789abcdef")
    assert BroughtPictures().get("own-0123") is None


def test_a_picture_is_found_by_whoever_brought_it_alone():
    shelf = BroughtPictures()
    key = shelf.keep("mine.png", b"pixels", "me")
    assert shelf.get(key, "me").name == "mine.png"
    assert shelf.get(key, "another") is shelf.get(key) is None
