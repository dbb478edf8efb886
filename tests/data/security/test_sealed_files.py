"""Sealed files: whole and with the right key, or not at all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from data.security.sealed_files import CHUNK, HEAD, SealedFileDamaged, SealedForOtherKey, is_sealed, opened, sealed
from data.security.sealing import new_key

KEY = new_key()


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


def file_of(plain: bytes, size: int = 1000) -> bytes:
    return b"".join(sealed(KEY, pieces(plain, size)))


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5])
def test_what_was_sealed_opens_as_it_was(length: int) -> None:
    plain = bytes(range(256)) * (length // 256 + 1)
    file = file_of(plain[:length], 70_000)
    assert is_sealed(file)
    assert b"".join(opened(KEY, pieces(file, 33_333))) == plain[:length]


def test_the_same_file_is_sealed_in_another_way_each_time() -> None:
    assert file_of(b"a") != file_of(b"a")


def test_another_key_is_told_from_damage() -> None:
    with pytest.raises(SealedForOtherKey):
        list(opened(new_key(), [file_of(b"secret")]))


@settings(max_examples=60, deadline=None)
@given(some.data())
def test_no_change_of_any_byte_passes(data: some.DataObject) -> None:
    file = bytearray(file_of(b"a plain text of some length"))
    file[data.draw(some.integers(0, len(file) - 1))] ^= data.draw(some.integers(1, 255))
    with pytest.raises((SealedFileDamaged, SealedForOtherKey)):
        list(opened(KEY, [bytes(file)]))


def chunks_of(file: bytes) -> list[bytes]:
    return [file[:HEAD], *pieces(file[HEAD:], CHUNK + 16)]


@pytest.mark.parametrize(
    "order", [(0, 1, 2), (0, 1), (0,), (0, 2, 3), (0, 2, 1, 3), (0, 1, 1, 2, 3), (0, 1, 2, 3, 3), (0, 3)]
)
def test_chunks_cannot_be_cut_off_left_out_moved_or_repeated(order: tuple[int, ...]) -> None:
    parts = chunks_of(file_of(bytes(2 * CHUNK + 5)))
    assert len(parts) == 4
    with pytest.raises(SealedFileDamaged):
        list(opened(KEY, [b"".join(parts[at] for at in order)]))


def test_chunks_of_another_file_do_not_fit_in() -> None:
    one, other = chunks_of(file_of(bytes(CHUNK + 5))), chunks_of(file_of(bytes(CHUNK + 5)))
    with pytest.raises(SealedFileDamaged):
        list(opened(KEY, [one[0] + other[1] + one[2]]))


def test_a_plain_file_is_none() -> None:
    assert not is_sealed(b"DUCK" * 20)
    with pytest.raises(SealedFileDamaged):
        list(opened(KEY, [b"no seal at all"]))
