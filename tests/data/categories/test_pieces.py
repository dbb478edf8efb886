from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from data.categories.pieces import pieces, wholes

_TEXTS = st.lists(st.text(alphabet="abcé瑞幸咖啡店 7-·\0", max_size=14), min_size=1, max_size=8)
_RUN = 4


def spelled(texts: list[str]) -> list[tuple[int, str, int]]:
    """Each piece found, with its number: read back from the texts by its place."""
    found = pieces(texts, 1)
    return [
        (text, texts[text][start : start + length], number)
        for text, start, length, number in zip(
            found.text.tolist(), found.start.tolist(), found.length.tolist(), found.number.tolist(), strict=True
        )
    ]


def test_a_chinese_name_is_taken_apart_into_runs_of_up_to_four_characters() -> None:
    found = [piece for _, piece, _ in spelled(["瑞幸咖啡店"])]
    assert sorted(found, key=lambda piece: (len(piece), piece)) == sorted(
        {"瑞幸咖啡店"[at : at + length] for length in range(1, _RUN + 1) for at in range(6 - length)},
        key=lambda piece: (len(piece), piece),
    )


def test_a_latin_name_is_taken_apart_into_words_and_a_few_letters() -> None:
    found = {piece for _, piece, _ in spelled(["blue bottle"])}
    assert {"blue", "bottle", "bott", "ttle", "blu"} <= found
    assert not found & {"b", "bl", "7"}


def test_digits_and_signs_alone_are_no_piece() -> None:
    assert spelled(["12345 - 00", "", "·"]) == []


def test_nothing_is_found_across_two_texts() -> None:
    assert {piece for _, piece, _ in spelled(["瑞", "幸"])} == {"瑞", "幸"}


def test_the_same_piece_counts_once_a_text() -> None:
    assert Counter(piece for _, piece, _ in spelled(["咖啡咖啡"]))["咖啡"] == 1


@given(_TEXTS)
def test_a_piece_has_one_number_wherever_it_stands_and_different_pieces_have_different_ones(texts: list[str]) -> None:
    seen: dict[str, set[int]] = {}
    for _, piece, number in spelled(texts):
        seen.setdefault(piece, set()).add(number)
    numbers = [number for each in seen.values() for number in each]
    # A word of three or four letters is known twice: as a word, and as letters that may be part of another.
    assert all(len(each) == 1 or (len(each) == 2 and len(piece) in {3, 4}) for piece, each in seen.items())
    assert len(set(numbers)) == len(numbers)


@given(_TEXTS)
def test_texts_are_taken_apart_together_as_one_by_one(texts: list[str]) -> None:
    together = sorted(spelled(texts))
    alone = sorted((at, piece, number) for at, text in enumerate(texts) for _, piece, number in spelled([text]))
    assert together == alone


@given(_TEXTS)
def test_whole_texts_have_equal_numbers_exactly_when_they_are_equal(texts: list[str]) -> None:
    cleaned = [text.replace("\0", " ") for text in texts]
    numbers = wholes(texts, 3).tolist()
    assert [[a == b for a in numbers] for b in numbers] == [[a == b for a in cleaned] for b in cleaned]


def test_fields_are_kept_apart() -> None:
    assert not set(pieces(["瑞幸"], 1).number.tolist()) & set(pieces(["瑞幸"], 2).number.tolist())
