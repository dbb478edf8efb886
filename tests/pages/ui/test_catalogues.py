"""Both languages say the same things."""

import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from data import errors, money
from data.errors import InvariantBroken, NotFound, Rejection
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


@pytest.mark.parametrize(
    "rejection",
    [
        errors.RequestIdReused("r1"),
        errors.NotFound("account", "7"),
        errors.StoreBusy("/x", "python (12)"),
        errors.StoreDamaged("/x", "broken"),
        errors.StoreClosed(),
        money.AmountUnreadable("abc", "CNY"),
        money.CurrencyUnknown("XYZ"),
    ],
    ids=lambda rejection: rejection.code,
)
def test_every_general_rejection_can_be_said_in_both_languages(rejection: Rejection) -> None:
    for language in catalogue.LANGUAGES:
        said = rejection_text(rejection, language)
        assert said
        assert "{" not in said


def test_facts_are_put_into_words() -> None:
    assert rejection_text(NotFound("account", "7"), "zh") == "找不到这个账户。"
    assert rejection_text(NotFound("account", "7"), "en") == "This account cannot be found."
