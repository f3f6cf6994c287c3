from hypothesis import example, given
from hypothesis import strategies as st

from analysis.text import fold, fold_all


@given(st.lists(st.text()))
@example(["A ban", "Ένα “ban”", "", "two\nlines", "顔認識", "Ban… – it’s on"])
@example(["A’s “ban”", "", "…", "Zürich"])
@example([])
def test_many_texts_are_folded_as_each_alone(texts):
    assert fold_all(texts) == [fold(text) for text in texts]
