"""`python -m data`: exit codes, one clear line for a refusal, and the JSON of every wallet's samples."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from data.cli import COMMANDS, describe
from data.errors import NotFound
from data.importers.statement import FileRefused
from tests.data.importers.archives import sealed, zipped
from tests.samples import sample

ROOT = Path(__file__).resolve().parents[2]
KEYS = ["format", "encoding", "rows", "skipped", "problems", "stated_totals", "computed_totals", "agrees"]
ROW_KEYS = [
    "line",
    "occurred_at",
    "booked_on",
    "kind",
    "amount_minor",
    "currency",
    "direction",
    "payee",
    "description",
    "method",
    "order_id",
    "merchant_order_id",
    "refund_of",
    "status",
    "category",
]
SAMPLES = {
    "double-entry-generator/alipay/example-alipay-records.csv": ("alipay_app", 10),
    "preciouss/alipay_sample.csv": ("alipay_web", 4),
    "double-entry-generator/wechat/example-wechat-records.csv": ("wechat", 27),
    "double-entry-generator/wechat/example-wechat-records.xlsx": ("wechat", 27),
    "preciouss/jd_sample.csv": ("jd", 7),
    "double-entry-generator/mt/example-mt-records.csv": ("meituan", 29),
    "beangulp/ofx/ofxdownload.ofx": ("ofx", 12),
    "kaggle-personal-transactions/personal_transactions.csv": ("generic", 808),
}


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "data", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def previewed(*arguments: str | Path) -> Any:
    done = run("preview", *arguments, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


@pytest.mark.parametrize("path", SAMPLES)
def test_a_samples_preview_has_the_agreed_shape_and_every_row(path: str) -> None:
    found = previewed(sample(path))
    name, rows = SAMPLES[path]

    assert list(found) == KEYS
    assert found["format"] == name
    assert {line["line"] for part in ("rows", "skipped", "problems") for line in found[part]}
    for row in found["rows"]:
        assert list(row) == ROW_KEYS
        assert row["amount_minor"] > 0
        assert row["direction"] in {"out", "in"}
        assert row["occurred_at"].startswith(row["booked_on"])
        assert row["occurred_at"][-6] in "+-"
        assert (row["category"] is None) is (row["kind"] in {"transfer", "adjustment"})
    if found["computed_totals"]:
        assert found["computed_totals"]["count"] == rows


def test_several_files_give_a_list_in_their_order() -> None:
    found = previewed(sample("preciouss/jd_sample.csv"), sample("beangulp/ofx/ofxdownload.ofx"))

    assert [one["format"] for one in found] == ["jd", "ofx"]


def test_a_zip_with_several_files_gives_a_list_and_a_password_opens_it(tmp_path: Path) -> None:
    table = "日期,金额\n2024-05-06,-12.00\n2024-05-07,-13.00\n".encode()
    (tmp_path / "two.zip").write_bytes(zipped({"a.csv": table, "b.csv": table}))
    (tmp_path / "one.zip").write_bytes(sealed({"a.csv": table}, "123456"))

    assert len(previewed(tmp_path / "two.zip")) == 2
    assert previewed(tmp_path / "one.zip", "--password", "123456")["format"] == "generic"
    assert "[zip_password_needed]" in run("preview", tmp_path / "one.zip").stderr


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("账单.csv", b"", "账单.csv: the file is empty [empty]"),
        ("photo.png", b"\x89PNG\r\n", "[binary], detail PNG"),
        ("broken.xlsx", b"PK\x03\x04" + bytes(26) + b"xl/workbook.xml", "[truncated]"),
        (
            "mixed.csv",
            "日期,摘要,金额\n2024-05-06,午餐午餐,-1\n".encode() + "2024-05-07,晚餐晚餐,-9\n".encode("gb18030"),
            "[mixed_encodings], line 3",
        ),
        ("note.txt", b"hello", "[not_recognised]"),
    ],
)
def test_a_file_that_is_not_recognised_gives_one_line_and_exit_code_2(
    tmp_path: Path, name: str, data: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(data)
    done = run("preview", tmp_path / name, "--json")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"{name}: ")
    assert words in done.stderr


def test_a_missing_file_and_a_folder_are_told_too(tmp_path: Path) -> None:
    done = run("preview", tmp_path / "nothing.csv", tmp_path)

    assert done.returncode == 2
    assert [line.split(": ")[0] for line in done.stderr.splitlines()] == ["nothing.csv", tmp_path.name]


def test_200_megabytes_are_refused_without_being_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.csv").open("wb") as huge:
        huge.truncate(300 * 1024 * 1024)

    assert "[too_large]" in run("preview", tmp_path / "huge.csv").stderr


def test_readable_files_are_printed_even_when_another_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_bytes(b"")
    done = run("preview", tmp_path / "bad.csv", sample("preciouss/jd_sample.csv"), "--json")

    assert done.returncode == 2
    assert [one["format"] for one in json.loads(done.stdout)] == ["jd"]


def test_without_json_people_get_a_line_a_file() -> None:
    done = run("preview", sample("preciouss/jd_sample.csv"))

    assert done.returncode == 0
    assert done.stdout.startswith("jd_sample.csv: jd (utf-8), ")


def test_a_preview_opens_no_database_and_loads_no_screen() -> None:
    program = (
        "import sys; from data.cli import main; "
        f"main(['preview', {str(sample('preciouss/jd_sample.csv'))!r}]); "
        "print(sorted({'duckdb', 'pandas', 'numpy', 'streamlit', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"


def test_help_names_every_command() -> None:
    done = run("--help")

    assert done.returncode == 0
    assert all(name in done.stdout for name in COMMANDS)


def test_a_refusal_is_one_line_whatever_it_holds() -> None:
    assert describe(FileRefused("a.csv", "missing_column", 3, "金额", "a\nb")) == (
        "a.csv: a column is missing [missing_column], line 3, cell 金额, detail a b"
    )
    assert describe(NotFound("user", "ann")) == "not_found: what=user, key=ann"
