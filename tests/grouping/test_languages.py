from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from analysis.grouping.languages import STOP_WORDS, guess_language, stem
from analysis.text import tokens


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The council has voted to ban it", "en"),
        ("Le conseil a voté contre la reconnaissance faciale dans les rues", "fr"),
        ("Der Stadtrat stimmt gegen die Gesichtserkennung auf den Straßen", "de"),
        ("El ayuntamiento vota contra el reconocimiento facial en las calles", "es"),
        ("Il consiglio vota contro il riconoscimento facciale nelle strade della città", "it"),
        ("De gemeenteraad stemt tegen het gebruik van camera's op straat", "nl"),
        ("Совет проголосовал против камер на улицах и в метро", "ru"),
        ("Apple unveils phone", "en"),
        ("顔認識カメラ", ""),
        ("", "en"),
    ],
)
def test_the_small_words_tell_the_language(text, language):
    assert guess_language(tokens(text), is_ascii=text.isascii()) == language


def test_words_of_one_stem_meet_in_their_own_language_only():
    assert stem("caméras", "fr") == stem("caméra", "fr")
    assert stem("caméras", "") == "caméras"


def test_stop_words_are_folded_as_texts_are():
    for words in STOP_WORDS.values():
        for word in words:
            assert tokens(word) == [word]


def test_threads_do_not_disturb_one_another():
    words = [
        f"{start}{end}"
        for start in ("connect", "camera", "recogn", "running", "ferr")
        for end in ("ings", "ies", "ed")
    ]
    words = [f"{word}{number}s" for word in words for number in range(200)]
    alone = [stem(word, "en") for word in words]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda word: stem(word, "en"), words)) == alone
