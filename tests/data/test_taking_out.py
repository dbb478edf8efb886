"""Everything of a person in one zip: whole, theirs alone, safe to open, without a secret, and explained."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from data import refunds, taking_out, wallet
from data.archive.parts import LEFT_OUT, PARTS
from data.assurance import AT_THE_MACHINE, UNCONFIRMED, StepUpRequired
from data.cells import unguarded
from data.database import Database
from data.ids import OwnerId
from tests import wallet_house as house
from tests.bookkeeping import Bookkeeping, spent
from tests.wallet_house import by
from tests.wallet_world import World

FORMULA = '=HYPERLINK("http://x";"y")'
Files = dict[str, list[dict[str, str]]]


def said(files: dict[str, tuple[str, ...]]) -> str:
    return "\n".join(f"{name}: {', '.join(columns)}" for name, columns in files.items())


def zipped(db: Database, owner: OwnerId) -> zipfile.ZipFile:
    made = io.BytesIO()
    taking_out.archive(db, owner, said, made, AT_THE_MACHINE)
    return zipfile.ZipFile(made)


def csv_files(archive: zipfile.ZipFile) -> Files:
    found = {}
    for name in archive.namelist():
        if name.startswith("csv/"):
            text = archive.read(name).decode("utf-8-sig")
            found[name[4:-4]] = list(csv.DictReader(io.StringIO(text, newline="")))
    return found


def json_files(archive: zipfile.ZipFile) -> dict[str, list[dict[str, Any]]]:
    return {n[5:-5]: json.loads(archive.read(n)) for n in archive.namelist() if n.startswith("json/")}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, OwnerId, OwnerId]]:
    """A house of two who have done the same things under other names, and gave each other money."""
    world = World(tmp_path_factory.mktemp("lived"))
    anna, bert = house.person(world.db, "Anna"), house.person(world.db, "Bert")
    for one, word in ((anna, "aquamarine"), (bert, "burgundy")):
        house.open_for(world.running, one)
        lives(world, one, word)
    gift = wallet.Transfer(**by(anna), recipient=bert, amount=5_00, currency="CNY", note="a gift")
    wallet.transfer(world.db, gift, AT_THE_MACHINE)
    yield world, anna, bert
    world.running.close()


def lives(world: World, owner: OwnerId, word: str) -> None:
    """A bit of everything, with `word` wherever a person can write something."""
    book = Bookkeeping(world.db, owner)
    book.imports(
        spent("2026-02-03", "12.30", f"{FORMULA} {word}", order=f"{word}1", note=word),
        spent("2026-02-04", "1200", word, currency="JPY"),
        file=f"{word}.csv",
    )
    shop = world.shop(f"{word} shop", proprietor=owner)
    keeper = world.shop("cafe")
    world.fund(owner, 500_00)
    card = world.card(owner)
    house.top_up(world.running, owner, card, 20_00)
    paid = house.pay(world.running, owner, keeper, 35_00, note=word)
    asked = refunds.RequestRefund(**by(owner), payment=str(paid["payment"]), amount=5_00, reason="damaged", note=word)
    refunds.request(world.db, asked, (f"{word}.png", PNG))
    house.pay(world.running, world.member(50_00, name=f"guest of {word}"), shop, 7_00)


PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)


def test_every_table_of_the_store_is_in_the_archive_or_left_out_for_a_reason(own_world: World) -> None:
    tables = own_world.db.read(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' AND table_type = 'BASE TABLE'"
    )
    shown = {table for part in PARTS for table in part.tables}
    assert {name for (name,) in tables} == shown | set(LEFT_OUT)
    assert not shown & set(LEFT_OUT)


def test_nobody_gets_it_who_has_not_confirmed(own_world: World) -> None:
    made = io.BytesIO()
    with pytest.raises(StepUpRequired):
        taking_out.archive(own_world.db, own_world.operator, str, made, UNCONFIRMED)
    assert made.getvalue() == b""


def test_the_archive_holds_what_was_done_in_both_forms(lived: tuple[World, OwnerId, OwnerId]) -> None:
    world, anna, _ = lived
    archive = zipped(world.db, anna)
    files = csv_files(archive)
    assert {part.name for part in PARTS} == set(files) == set(json_files(archive))
    seen = {(row["payee"], row["amount"], row["currency"]) for row in files["transactions"]}
    assert ("aquamarine", "-1200", "JPY") in seen
    assert [row["file"] for row in files["imports"]] == ["aquamarine.csv"]
    assert len(files["import_rows"]) == 2
    assert [(row["merchant"], row["gross"], row["note"]) for row in files["payments"]] == [
        ("cafe", "35.00", "aquamarine")
    ]
    assert [(row["recipient"], row["amount"]) for row in files["transfers"]] == [("Bert", "5.00")]
    assert [row["last4"] for row in files["cards"]] == ["0047"]
    assert [row["name"] for row in files["shops"]] == ["aquamarine shop"]
    (attached,) = files["attachments"]
    assert archive.read(f"attachments/{attached['attachment']}.png") == PNG


def test_csv_and_json_say_the_same(lived: tuple[World, OwnerId, OwnerId]) -> None:
    world, anna, _ = lived
    archive = zipped(world.db, anna)
    told = json_files(archive)
    for name, rows in csv_files(archive).items():
        plain = [
            {
                key: "" if value is None else str(int(value) if isinstance(value, bool) else value)
                for key, value in row.items()
            }
            for row in told[name]
        ]
        assert [{key: unguarded(cell) for key, cell in row.items()} for row in rows] == plain, name


def test_the_postings_add_up_to_what_the_wallet_shows(lived: tuple[World, OwnerId, OwnerId]) -> None:
    world, anna, _ = lived
    files = csv_files(zipped(world.db, anna))
    (account,) = [row["account_id"] for row in files["accounts"] if row["account_key"] == "wallet:CNY"]
    held = sum(round(float(row["amount"]) * 100) for row in files["postings"] if row["account_id"] == account)
    assert held == world.books(anna)["wallet:CNY"] == 480_00


def test_nothing_of_another_person_is_in_it(lived: tuple[World, OwnerId, OwnerId]) -> None:
    world, anna, bert = lived
    for one, own, other, other_id in ((anna, "aquamarine", "burgundy", bert), (bert, "burgundy", "aquamarine", anna)):
        archive = zipped(world.db, one)
        whole = b"\n".join(archive.read(name) for name in archive.namelist()).decode(errors="replace")
        assert whole.count(own) > 20
        assert other not in whole
        assert f"guest of {own}" not in whole  # who pays in a shop is no business of an export of the shop
        assert str(other_id) not in whole


def test_a_text_that_looks_like_a_formula_is_guarded_in_csv_and_plain_in_json(
    lived: tuple[World, OwnerId, OwnerId],
) -> None:
    world, anna, _ = lived
    archive = zipped(world.db, anna)
    for row in (row for rows in csv_files(archive).values() for row in rows):
        assert not any(cell.startswith(("=", "+", "@")) for cell in row.values())
    payees = {row["payee"] for row in json_files(archive)["transactions"]}
    assert f"{FORMULA} aquamarine" in payees


def test_no_secret_is_in_it(lived: tuple[World, OwnerId, OwnerId]) -> None:
    world, anna, _ = lived
    archive = zipped(world.db, anna)
    whole = b"\n".join(archive.read(name) for name in archive.namelist()).decode(errors="replace")
    secrets = world.db.read(
        """SELECT password_hash FROM app_user WHERE owner = $owner UNION ALL
        SELECT token FROM card WHERE owner = $owner UNION ALL
        SELECT fingerprint FROM card WHERE owner = $owner UNION ALL
        SELECT token_hash FROM user_session WHERE owner = $owner UNION ALL
        SELECT id FROM user_session WHERE owner = $owner""",
        {"owner": anna},
    )
    assert len(secrets) == 5
    assert [secret for (secret,) in secrets if secret in whole] == []
    assert house.GOOD not in whole


def test_what_is_written_meanwhile_is_not_half_in_it(own_world: World) -> None:
    anna = own_world.member(10_00)
    with own_world.db.snapshot() as snapshot:
        before = snapshot.read("SELECT count(*) FROM posting", {})
        own_world.fund(anna, 1_00)
        assert snapshot.read("SELECT count(*) FROM posting", {}) == before
    assert own_world.db.read("SELECT count(*) FROM posting") > before


def test_the_guide_is_told_every_column_of_every_file(lived: tuple[World, OwnerId, OwnerId]) -> None:
    world, anna, _ = lived
    archive = zipped(world.db, anna)
    guide = archive.read("README.txt").decode("utf-8-sig")
    for name in csv_files(archive):
        header = archive.read(f"csv/{name}.csv").decode("utf-8-sig").splitlines()[0]
        assert f"{name}: {header.replace(',', ', ')}" in guide.splitlines()
