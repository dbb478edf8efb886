"""Zip files: read with limits and passwords, never trusted."""

import io
import struct
import zipfile

import openpyxl
import pytest

from data.importers import archive
from data.importers.archive import is_archive, is_xlsx, members, refuse_understated
from data.importers.statement import FileRefused
from tests.data.importers.archives import sealed, sealed_the_old_way, zipped

FILES = {"a.csv": b"one", "folder/b.csv": b"two"}


def refusal(data: bytes, password: str | None = None) -> str:
    with pytest.raises(FileRefused) as refused:
        members(data, "x.zip", password)
    return refused.value.reason


def test_files_come_in_order_by_their_last_name() -> None:
    assert [(member.name, member.data) for member in members(zipped(FILES), "x.zip")] == [
        ("a.csv", b"one"),
        ("b.csv", b"two"),
    ]


def test_clutter_folders_and_empty_files_are_left_out() -> None:
    data = zipped({"__MACOSX/._a.csv": b"x", ".DS_Store": b"x", "folder/": b"", "empty.csv": b"", "a.csv": b"1"})

    assert [member.name for member in members(data, "x.zip")] == ["a.csv"]


def test_paths_out_of_the_archive_are_only_names() -> None:
    data = zipped({"../../etc/passwd": b"1", "C:\\windows\\a.csv": b"2", "/root/b.csv": b"3"})

    assert [member.name for member in members(data, "x.zip")] == ["passwd", "a.csv", "b.csv"]


def test_chinese_names_written_in_gbk_without_saying_so_are_understood() -> None:
    name = "支付宝交易明细.csv".encode("gb18030")
    placeholder = b"x" * len(name)
    data = zipped({placeholder.decode(): b"1"}).replace(placeholder, name)

    assert [member.name for member in members(data, "x.zip")] == ["支付宝交易明细.csv"]


@pytest.mark.parametrize(
    "data",
    [sealed({"a.csv": b"one" * 99}, "密码123"), sealed_the_old_way("a.csv", b"one" * 99, "密码123")],
    ids=["AES", "ZipCrypto"],
)
def test_a_password_is_asked_for_and_checked(data: bytes) -> None:
    assert refusal(data) == "zip_password_needed"
    assert refusal(data, "wrong") == "zip_password_wrong"
    assert [member.data for member in members(data, "x.zip", "密码123")] == [b"one" * 99]


def test_a_password_for_a_zip_without_one_does_no_harm() -> None:
    assert len(members(zipped(FILES), "x.zip", "secret")) == 2


def test_a_zip_cut_in_half_is_truncated() -> None:
    data = zipped(FILES)

    assert refusal(data[: len(data) // 2]) == "truncated"


def test_a_damaged_member_is_truncated() -> None:
    data = bytearray(zipped({"a.csv": bytes(range(256)) * 4}, zipfile.ZIP_STORED))
    data[60] ^= 0xFF

    assert refusal(bytes(data)) == "truncated"


def test_a_zip_without_files_says_so() -> None:
    assert is_archive(zipped({}))
    assert refusal(zipped({})) == "no_rows"
    assert refusal(zipped({"a/": b""})) == "no_rows"


def test_too_many_files_are_a_bomb() -> None:
    assert refusal(zipped({f"{number}.csv": b"x" for number in range(archive.MAX_MEMBERS + 1)})) == "zip_bomb"


def test_a_file_that_packs_a_thousand_times_is_a_bomb() -> None:
    assert refusal(zipped({"a.csv": bytes(20_000_000)})) == "zip_bomb"


def test_all_files_together_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED", 5)

    assert refusal(zipped({"a.csv": b"one", "b.csv": b"two"})) == "zip_bomb"


def workbook() -> bytes:
    buffer = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["日期", "金额"])
    book.save(buffer)
    return buffer.getvalue()


def test_a_workbook_is_no_archive_of_files() -> None:
    data = workbook()

    assert is_xlsx(data)
    assert not is_archive(data)
    assert is_xlsx(data[: len(data) // 2])
    assert is_archive(zipped(FILES))
    assert is_archive(zipped({"bill.xlsx": data}, zipfile.ZIP_STORED))


def test_a_workbook_that_understates_its_size_is_a_bomb() -> None:
    data = zipped({"[Content_Types].xml": b"x", "xl/worksheets/sheet1.xml": bytes(1_000_000)})
    understated = data.replace(struct.pack("<I", 1_000_000), struct.pack("<I", 100))

    refuse_understated(data, "a.xlsx")
    with pytest.raises(FileRefused) as refused:
        refuse_understated(understated, "a.xlsx")
    assert refused.value.reason == "zip_bomb"
