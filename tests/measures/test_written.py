"""How terms are written: the quick way for plain letters finds what the careful one finds."""

import unicodedata
from collections import Counter

from hypothesis import example, given
from hypothesis import strategies as st

from analysis.measures.written import _forms, most_written
from analysis.text import tokens

WRITTEN = st.text(alphabet="aAbB1é\0 _-'’\u00a0.顔", max_size=30)


def careful(term, texts):
    """By the places of every text, one after the other."""
    forms = Counter(form for raw in texts for form in _forms(unicodedata.normalize("NFC", raw), term.split()))
    return min(forms, key=lambda form: (-forms[form], form)) if forms else term


@given(texts=st.lists(WRITTEN, min_size=1, max_size=5), size=st.integers(1, 3))
@example(texts=["a a-A a"], size=2)
@example(texts=["A ba ba"], size=1)
@example(texts=["A ab ab"], size=1)
def test_the_quick_way_finds_what_the_careful_one_finds(texts, size):
    term = " ".join(tokens(texts[0])[:size])
    if term:
        assert most_written(term, texts) == careful(term, texts)
