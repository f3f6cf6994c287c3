import sys
from pathlib import Path

import pytest
from hypothesis import given, settings

sys.path.insert(0, str(Path(__file__).parent))
import inputs
import properties

RECORD = b"---\ntitle: Ban\nwebUrl: https://a.example/1\ntopics:\n  - AI\nrelated:\n  - webUrl: https://a.example/2\n---\n"
PAGE = b'{"value": [{"title": "Ban", "webUrl": "https://a.example/1", "tags": ["a"]}]}'


@given(inputs.nearly("markdown"))
@settings(max_examples=2 * settings.default.max_examples)
def test_what_is_nearly_a_record_is_read_as_promised(sample):
    properties.check_file(*sample)


@given(inputs.nearly("json"))
@settings(max_examples=2 * settings.default.max_examples)
def test_what_is_nearly_json_is_read_as_promised(sample):
    properties.check_file(*sample)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@given(archive=inputs.archives())
@settings(max_examples=settings.default.max_examples)
def test_what_is_nearly_an_archive_is_read_as_promised(archive, tmp_path_factory):
    ending, data = archive
    path = tmp_path_factory.getbasetemp() / f"nearly.{ending}"
    path.write_bytes(data)
    properties.check_archive(path)


@pytest.mark.slow
@pytest.mark.parametrize("place", [0, 0.2, 0.7, 1])
def test_no_piece_however_often_repeated_holds_the_reader_up(place):
    for piece in inputs.PIECES:
        properties.check_file("a.md", inputs.repeated(piece, RECORD, place))
        properties.check_file("a.json", inputs.repeated(piece, PAGE, place))


def test_many_fields_of_which_one_is_there_twice_are_read_in_no_time():
    fields = ", ".join(f'"{number}": 1' for number in range(20_000))
    properties.check_file("a.json", f'{{"webUrl": "https://a.example/1", {fields}, "7": 2}}'.encode())


def test_a_hang_is_seen():
    def hang():
        with properties.limited(0.01):
            while True:
                pass

    with pytest.raises(properties.Hang):
        hang()
