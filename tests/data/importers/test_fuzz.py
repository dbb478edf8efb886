"""A few of the damaged files and codes of `python -m tests.benchmarks.fuzz`, and that no format was forgotten there."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

from data.importers.documents import DOCUMENTS
from data.importers.recognise import IMPORTERS, recognise
from tests.benchmarks import fuzz
from tests.benchmarks.fuzz_changes import zip_of
from tests.benchmarks.fuzz_files import PASSWORD, Sample, samples

FEW = 20
TARGETS = {one.name: one for one in fuzz.targets()}
FORMATS = {one.format for one in IMPORTERS} | {one.format for one in DOCUMENTS} | {"generic"}


def test_every_format_that_is_read_has_a_file_that_is_damaged() -> None:
    assert {one.format for one in samples()} == FORMATS


@pytest.mark.parametrize("sample", samples(), ids=lambda one: f"{one.name} {one.file}")
def test_before_it_is_damaged_each_file_is_read_as_what_it_is(sample: Sample) -> None:
    found = recognise(sample.data, sample.file, PASSWORD)[0].statement
    assert found is not None
    assert found.format == sample.format
    assert found.lines or found.skipped or found.closings or found.problems


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_crashes_on_damaged_files_and_codes_or_takes_long(name: str) -> None:
    result = fuzz.run(TARGETS[name], FEW, 20)
    assert result.inputs >= FEW
    assert dict(result.findings) == {}


def test_damaged_files_of_all_formats_are_booked_and_undone_or_refused(tmp_path: Path) -> None:
    with fuzz.books_target(tmp_path) as target:
        result = fuzz.run(target, FEW, 21)
    assert result.refused < result.inputs
    assert dict(result.findings) == {}


def test_a_crash_a_hang_and_what_cannot_be_kept_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def crash(_made: object) -> None:
        raise ZeroDivisionError

    def hang(_made: object) -> None:
        while True:
            pass

    monkeypatch.setattr(fuzz, "SECONDS", 0.02)
    for read in (crash, hang):
        result = fuzz.run(fuzz.Target("x", lambda _draw: ["x"], read), 1, 1, tmp_path)
        assert sum(result.findings.values()) == 1
    assert (tmp_path / "x-0").read_bytes() == b"x"


@pytest.mark.parametrize("name", ["OFX SGML", "OFX XML", "MT940", "CAMT.053", "QIF", "Beancount", "hledger", "any CSV"])
def test_no_text_that_is_read_holds_a_nul(name: str) -> None:
    one = next(sample for sample in samples() if sample.name == name)
    payee = re.search(rb"Shop \d+", one.data)
    assert payee is not None
    for nul in (b"\x00", b"&#0;", b"&#x0;"):
        fuzz.read_file(one.file, one.data.replace(payee[0], b"Sh" + nul + b"op"))


def test_an_xls_directory_that_is_its_own_neighbour_is_refused() -> None:
    whole = next(one.data for one in samples() if one.name == "XLS")
    at = whole.index("Workbook".encode("utf-16-le")) + 68  # the left neighbour's number in its entry
    found = recognise(whole[:at] + (1).to_bytes(4, "little") + whole[at + 4 :], "bill.xls")
    assert [one.refusal.reason for one in found if one.refusal] == ["binary"]


def test_a_sheet_without_a_name_is_read_as_any_other() -> None:
    one = next(sample for sample in samples() if sample.name == "WeChat XLSX")
    with zipfile.ZipFile(io.BytesIO(one.data)) as archive:
        held = {info.filename: archive.read(info) for info in archive.infolist()}
    held["xl/workbook.xml"] = held["xl/workbook.xml"].replace(b'name="Sheet1"', b'name=""')
    found = recognise(zip_of(held), one.file)[0].statement
    assert found is not None
    assert len(found.lines) == 3
