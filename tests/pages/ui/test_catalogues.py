"""Both languages say the same things."""

import dataclasses
import importlib
import itertools
import pkgutil
import string
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import data
from data.errors import InvariantBroken, NotFound, Rejection
from data.importers.statement import FileRefused
from data.ledger.changes import SplitDoesNotSum
from pages.ui import catalogue
from pages.ui.catalogue import LOCALES, Translator, translator
from pages.ui.i18n import rejection_text

ZH, EN = translator("zh"), translator("en")
DOMAINS = sorted(path.name for path in (LOCALES / "zh").glob("*.po"))


def _placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_every_domain_exists_in_both_languages() -> None:
    assert sorted(path.name for path in (LOCALES / "en").glob("*.po")) == DOMAINS


def test_both_languages_have_the_same_keys() -> None:
    assert set(ZH.singles) == set(EN.singles)
    assert set(ZH.plurals) == set(EN.plurals)


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize(("language", "forms"), [("zh", 1), ("en", 2)])
def test_every_file_declares_its_plural_forms_and_fills_them(domain: str, language: str, forms: int) -> None:
    with (LOCALES / language / domain).open("rb") as file:
        catalog = read_po(file)
    assert catalog.num_plurals == forms
    for message in catalog:
        if isinstance(message.id, (list, tuple)):
            assert len([form for form in message.string or () if form]) == forms, message.id


@pytest.mark.parametrize("words", [ZH, EN], ids=["zh", "en"])
def test_no_text_is_empty_or_marked_fuzzy(words: Translator) -> None:
    assert not [key for key, said in words.singles.items() if not said.strip()]


def test_placeholders_are_named_and_the_same_in_both_languages() -> None:
    for key, said in ZH.singles.items():
        assert _placeholders(said) == _placeholders(EN.singles[key]), key
        assert all(name.isidentifier() for name in _placeholders(said)), key


def test_plural_forms_name_the_same_things() -> None:
    for key, forms in ZH.plurals.items():
        zh = _placeholders(forms[0])
        for form in EN.plurals[key]:
            assert _placeholders(form) <= zh, key
            assert zh <= _placeholders(form) | {"n"}, key


def test_plurals_follow_the_language() -> None:
    assert [EN.plural("common.days", n) for n in (0, 1, 2, 1234)] == ["0 days", "1 day", "2 days", "1,234 days"]
    assert [ZH.plural("common.days", n) for n in (1, 2)] == ["1 天", "2 天"]


def test_a_missing_text_is_a_defect_in_tests_and_a_key_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvariantBroken):
        ZH.text("no.such.text")
    with pytest.raises(InvariantBroken):
        ZH.text("common.share", other="1")
    monkeypatch.delenv("LITTLE_GOLD_CARD_STRICT")
    assert ZH.text("no.such.text") == "no.such.text"
    assert ZH.text("common.share", other="1") == "占 {percent}"


def test_a_key_in_two_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "zh").mkdir()
    for name in ("a", "b"):
        (tmp_path / "zh" / f"{name}.po").write_text('msgid "x"\nmsgstr "y"\n', encoding="utf-8")
    monkeypatch.setattr(catalogue, "LOCALES", tmp_path)
    with pytest.raises(InvariantBroken):
        catalogue.translator.__wrapped__("zh")


@pytest.mark.parametrize(
    ("tag", "language"), [("zh-CN", "zh"), ("zh", "zh"), ("zh_TW", "zh"), ("de-DE", "en"), (None, "en")]
)
def test_a_browser_that_is_not_chinese_hears_english(tag: str | None, language: str) -> None:
    assert catalogue.normalise(tag) == language


def _rejections(parent: type[Rejection] = Rejection) -> Iterator[type[Rejection]]:
    for child in parent.__subclasses__():
        yield child
        yield from _rejections(child)


def _made_up(kind: type[Rejection]) -> Rejection:
    hints = typing.get_type_hints(kind)
    facts = {field.name: 7 if hints[field.name] is int else "CNY" for field in dataclasses.fields(kind)}
    return kind(**facts)


def test_every_rejection_of_the_house_can_be_said_in_both_languages() -> None:
    for module in pkgutil.walk_packages(data.__path__, "data."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    kinds = [kind for kind in _rejections() if kind.__module__.startswith("data.")]
    assert kinds
    for rejection, language in itertools.product(map(_made_up, kinds), catalogue.LANGUAGES):
        assert "{" not in rejection_text(rejection, language), rejection.code


def test_a_refused_file_is_named_with_line_and_cell() -> None:
    refused = FileRefused("a.csv", "missing_column", 12, "C12", "金额")
    assert rejection_text(refused, "zh") == "“a.csv”缺少“金额”这一列。 位置：第 12 行，“C12”。"
    assert rejection_text(FileRefused("a.csv", "empty"), "en") == "“a.csv” is empty."


def test_amounts_among_the_facts_are_written_as_money() -> None:
    assert "¥12.00" in rejection_text(SplitDoesNotSum(1_200, 900, "CNY"), "en")


def test_facts_are_put_into_words() -> None:
    assert rejection_text(NotFound("account", "7"), "zh") == "找不到这个账户。"
    assert rejection_text(NotFound("account", "7"), "en") == "This account cannot be found."
