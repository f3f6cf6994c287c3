from unittest import mock

from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.records import fast, forms

PREFIXES = st.sampled_from(["title: ", "a:  ", "b:", "- ", "  - ", "  - c: ", "    d: ", "", "é: "])
VALUES = st.lists(
    st.sampled_from(
        [
            "Ban",
            "é",
            "顔",
            '"',
            "'",
            "''",
            "\\",
            '\\"',
            " ",
            ": ",
            ":",
            " #",
            "#",
            "-",
            "- ",
            "1",
            "\x85",
            "\t",
            "\n",
        ]
    ),
    max_size=5,
).map("".join) | st.sampled_from(['"say"', "'ban'", '""', "''", "a: b", "-1"])
TEXTS = st.lists(st.tuples(PREFIXES, VALUES, VALUES), min_size=1, max_size=5)


@given(TEXTS)
@example([("title: ", '"Ban"', '"say \\"ban\\""'), ("b:", "", "")])
@example([("title: ", '"Ban"', '"say\\nban"')])
@example([("title: ", "Ban", '"Ban"'), ("b:", "", "")])
@settings(max_examples=6 * settings.default.max_examples)
def test_what_a_form_finds_is_what_is_found_line_by_line(rows):
    first, second = ("\n".join(row[0] + row[place] for row in rows) for place in (1, 2))
    with mock.patch.object(forms, "_WORTH", 1), mock.patch.object(fast, "_FORMS", forms.Forms()) as known:
        fast.many_lines([first])
        for text in (first, second):
            found = known.values(text, text.count("\n") + 1)
            expected = fast.many_lines([text])
            if found and not fast._has_odd_space(text):
                assert fast.lines(text) == (found[0], list(found[1]))
            if expected != [None]:
                assert fast.lines(text) == (expected[0][0], list(expected[0][1]))


def test_texts_that_a_form_fits_are_not_looked_through_line_by_line():
    text = "title: Ban\nquality: 39"
    with mock.patch.object(fast, "_FORMS", forms.Forms()):
        for _ in range(2):
            fast.many_lines([text] * (forms._WORTH // 2))
        with mock.patch.object(fast, "_LINE", None):
            assert fast.many_lines([text.replace("39", "7")]) == [(("title: ", "quality: "), ("Ban", "7"))]


def test_the_newest_forms_are_kept():
    known = forms.Forms()
    for number in range(forms._MOST_FORMS + 1):
        for _ in range(forms._WORTH):
            known.learn((f"a{number}: ",), [(f"a{number}: ", "1")])
    assert known.values("a0: 2", 1) is None
    assert known.values("a1: 2", 1) == (("a1: ",), ("2",))
