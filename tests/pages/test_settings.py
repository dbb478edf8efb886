"""The settings as a signed-in person uses them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pyotp
import pytest
from streamlit.testing.v1 import AppTest

from analytics.accounts import balances
from analytics.scope import look
from data import accounts, identity, preferences, second_factor, sorting, upkeep
from data.accounts import Account
from data.categories import (
    Action,
    AmountCondition,
    CategoryKind,
    DirectionCondition,
    Group,
    KindCondition,
    Match,
    Operator,
    Rule,
    RuleInvalid,
    Term,
    TextCondition,
    TextField,
    WeekdayCondition,
)
from data.commands import demo
from data.ids import OwnerId, new_id, new_request_id
from data.importers.statement import Direction, Kind
from data.money import AmountUnreadable, Money
from data.preferences import Preferences
from data.security import totp
from data.sign_in import SecondFactorNeeded, SignedIn, Visit
from data.store import facts
from pages.ui.screens.settings.rule_form import Draft, Row, draft_of, rule_of
from pages.ui.screens.settings.sessions import browser_of
from tests.bookkeeping import Bookkeeping, moved, spent
from tests.pages.signed_in import PASSWORD, Wallet, open_wallet

SECTIONS = ("general", "accounts", "categories", "rules", "security", "data")
LOCALES = ("zh-CN", "en-US")


@pytest.fixture
def wallet(tmp_path: Path) -> Iterator[Wallet]:
    with open_wallet(tmp_path) as opened:
        opened.confirm()
        yield opened


@pytest.fixture
def books(wallet: Wallet) -> Bookkeeping:
    book = Bookkeeping(wallet.database, wallet.owner)
    book.imports(
        spent("2026-10-01", "35", "瑞幸咖啡(一店)", order="A1"),
        spent("2026-10-02", "20", "瑞幸咖啡", order="A2", account="wechat:balance"),
        spent("2026-10-03", "99", "青山小铺", order="B1", account="alipay:huabei"),
        moved("2026-10-05", "50", to="alipay:huabei", order="M1"),
        spent("2026-10-06", "7.50", "Blue Bottle", order="U1", currency="USD"),
    )
    return book


def at(wallet: Wallet, section: str, locale: str = "zh-CN") -> AppTest:
    screen = wallet.screen("pages/settings.py", locale)
    screen.query_params["section"] = section
    return screen.run()


def said(screen: AppTest) -> str:
    """Everything the screen says in its boxes and toasts."""
    return "\n".join(one.value for kind in (screen.error, screen.toast, screen.warning) for one in kind)


def press(screen: AppTest, key: str) -> AppTest:
    screen.button(key=key).click().run()
    assert not screen.exception
    return screen


def keys(screen: AppTest) -> set[str | None]:
    return {button.key for button in screen.button}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_draws_empty_and_full_in_both_languages(wallet: Wallet, section: str, locale: str) -> None:
    assert not at(wallet, section, locale).exception
    demo.load(wallet.database, wallet.owner, "en")
    save_rule(wallet, TextCondition(TextField.PAYEE, Operator.CONTAINS, "a"))
    full = at(wallet, section, locale)
    assert not full.exception
    assert full.title[0].value == ("设置" if locale == "zh-CN" else "Settings")


def test_the_section_stands_in_the_address_and_nonsense_means_the_first(wallet: Wallet) -> None:
    screen = at(wallet, "' OR 1")
    assert "settings.general.save" in keys(screen)
    screen.button_group(key="settings.section").set_value("data").run()
    assert screen.query_params["section"] in ("data", ["data"])
    assert "settings.general.save" not in keys(screen)
    assert "settings.file.backup" in keys(screen)


# General


def test_another_language_is_spoken_from_the_next_run_on(wallet: Wallet) -> None:
    screen = at(wallet, "general")
    screen.button_group(key="settings.general.language").set_value("en")
    press(screen, "settings.general.save")
    assert screen.title[0].value == "Settings"
    assert "Saved" in said(screen)
    assert preferences.preferences_of(wallet.database, wallet.owner).language == "en"


def test_another_start_of_the_month_cuts_the_past_anew(wallet: Wallet, books: Bookkeeping) -> None:
    screen = at(wallet, "general")
    screen.selectbox(key="settings.general.month_start").set_value(3)
    press(screen, "settings.general.save")
    assert preferences.preferences_of(wallet.database, wallet.owner).month_start_day == 3
    months = dict(books.asks("SELECT booked_on, month FROM fact WHERE owner = $owner AND currency = 'CNY'"))
    assert {f"{day:%m-%d}": f"{month:%m-%d}" for day, month in months.items()} == {
        "10-01": "09-03", "10-02": "09-03", "10-03": "10-03", "10-05": "10-03"
    }  # fmt: skip
    assert not facts.drift(wallet.database.read, wallet.owner, 3)


def test_weeks_currency_zone_and_refunds_are_kept_and_the_rest_stays(wallet: Wallet) -> None:
    wallet.prefer(Preferences(theme="dark", show_amounts=False))
    screen = at(wallet, "general")
    screen.selectbox(key="settings.general.week_start").set_value(True)
    screen.selectbox(key="settings.general.currency").set_value("JPY")
    screen.selectbox(key="settings.general.zone").set_value("Europe/Berlin")
    screen.radio(key="settings.general.refunds").set_value(True)
    press(screen, "settings.general.save")
    assert preferences.preferences_of(wallet.database, wallet.owner) == Preferences(
        theme="dark", show_amounts=False, week_starts_sunday=True, currency="JPY", zone="Europe/Berlin",
        refunds_in_purchase_month=True,
    )  # fmt: skip


# Accounts


def account(wallet: Wallet, key: str) -> Account:
    found = accounts.accounts(wallet.database, wallet.owner)
    return next(one for one in found if one.key == key)


def manage(wallet: Wallet, key: str, deed: str) -> tuple[AppTest, Account]:
    one = account(wallet, key)
    screen = at(wallet, "accounts")
    screen.selectbox(key="settings.accounts.which").set_value(one.id)
    screen.button_group(key="settings.accounts.deed").set_value(deed).run()
    assert not screen.exception
    return screen, one


def test_the_list_holds_what_analytics_says_per_currency(wallet: Wallet, books: Bookkeeping) -> None:
    table = at(wallet, "accounts").dataframe[0].value
    asked = balances(look(wallet.database, wallet.owner, wallet.database.clock().date()))
    assert sorted(zip(table["account"], table["balance"], strict=True)) == sorted(
        (one.account.name, one.amount) for one in asked
    )
    assert len({one.currency for one in asked}) == 2


def test_an_account_gets_another_name_but_not_an_empty_one(wallet: Wallet, books: Bookkeeping) -> None:
    screen, one = manage(wallet, "alipay:balance", "rename")
    screen.text_input(key=f"settings.accounts.name.{one.id}").set_value("  我的 支付宝 ")
    press(screen, "settings.accounts.rename")
    assert account(wallet, "alipay:balance").name == "我的 支付宝"
    screen.text_input(key=f"settings.accounts.name.{one.id}").set_value("   ")
    press(screen, "settings.accounts.rename")
    assert "名称不能为空" in said(screen)


def test_an_account_is_closed_and_opened_again(wallet: Wallet, books: Bookkeeping) -> None:
    screen, _ = manage(wallet, "wechat:balance", "close")
    press(screen, "settings.accounts.close")
    assert account(wallet, "wechat:balance").closed
    press(screen, "settings.accounts.close")
    assert not account(wallet, "wechat:balance").closed


def test_the_real_balance_is_booked_with_its_reason(wallet: Wallet, books: Bookkeeping) -> None:
    screen, one = manage(wallet, "alipay:balance", "adjust")
    screen.text_input(key=f"settings.accounts.adjust.amount.{one.id}").set_value("1,000.50")
    screen.selectbox(key=f"settings.accounts.adjust.currency.{one.id}").set_value("CNY")
    screen.text_input(key=f"settings.accounts.adjust.reason.{one.id}").set_value("对过账")
    press(screen, "settings.accounts.adjust")
    assert books.balance("alipay:balance") == 100_050
    assert "¥1,085.50" in said(screen)
    assert books.asks("SELECT description FROM entry WHERE owner = $owner AND kind = 'adjustment'") == [("对过账",)]
    press(screen, "settings.accounts.adjust")
    assert "已经是 ¥1,000.50" in said(screen)
    screen.text_input(key=f"settings.accounts.adjust.amount.{one.id}").set_value("一百")
    press(screen, "settings.accounts.adjust")
    assert "不是有效的" in said(screen)


def test_what_is_owed_is_typed_as_people_say_it(wallet: Wallet, books: Bookkeeping) -> None:
    screen, one = manage(wallet, "alipay:huabei", "opening")
    screen.text_input(key=f"settings.accounts.opening.amount.{one.id}").set_value("200")
    press(screen, "settings.accounts.opening")
    assert books.balance("alipay:huabei") == -200_00 - 99_00 + 50_00
    assert not books.unbalanced()


def test_accounts_of_one_kind_are_merged_and_parted(wallet: Wallet, books: Bookkeeping) -> None:
    screen, one = manage(wallet, "wechat:balance", "merge")
    into = account(wallet, "alipay:balance")
    offered = screen.selectbox(key=f"settings.accounts.merge.into.{one.id}")
    assert offered.options == [into.name]
    press(screen, "settings.accounts.merge")
    assert account(wallet, "wechat:balance").merged_into == into.id
    assert Money(-105_00, "CNY") in account(wallet, "alipay:balance").balances
    press(screen, f"settings.accounts.unmerge.{one.id}")
    assert account(wallet, "wechat:balance").merged_into is None


# Categories


def test_an_own_category_is_made_changed_put_away_and_taken_out(wallet: Wallet) -> None:
    screen = at(wallet, "categories")
    screen.text_input(key="settings.categories.create.expense.name").set_value("猫 粮")
    screen.selectbox(key="settings.categories.create.expense.parent").set_value("pets")
    screen.button_group(key="settings.categories.create.expense.icon").set_value("star")
    press(screen, "settings.categories.add")
    (mine,) = [one for one in sorting.categories(wallet.database, wallet.owner).values() if one.name]
    assert (mine.name, mine.parent, mine.kind, mine.icon) == (
        "猫 粮", "pets", CategoryKind.EXPENSE, ":material/star:"
    )  # fmt: skip
    screen.text_input(key=f"settings.categories.change.{mine.key}.name").set_value("猫粮")
    press(screen, "settings.categories.save")
    assert sorting.categories(wallet.database, wallet.owner)[mine.key].name == "猫粮"
    press(screen, "settings.categories.archive")
    assert sorting.archived(wallet.database, wallet.owner) == {mine.key}
    press(screen, "settings.categories.archive")
    assert not sorting.archived(wallet.database, wallet.owner)


def test_a_category_without_a_name_or_of_a_taken_one_is_refused_in_words(wallet: Wallet) -> None:
    screen = at(wallet, "categories", "en-US")
    press(screen, "settings.categories.add")
    assert screen.error
    screen.text_input(key="settings.categories.create.expense.name").set_value("Boats")
    press(screen, "settings.categories.add")
    screen.text_input(key="settings.categories.create.expense.name").set_value("Boats")
    press(screen, "settings.categories.add")
    assert "Boats" in screen.error[0].value


# Rules


def save_rule(wallet: Wallet, *terms: Term, name: str = "咖啡", action: Action | None = None) -> Rule:
    rule = Rule(str(new_id()), name, terms, action or Action(category="coffee"))
    sorting.save_rule(wallet.database, sorting.SaveRule(wallet.owner, new_request_id(), wallet.owner, rule))
    return rule


def rules(wallet: Wallet) -> list[str]:
    return [rule.name for rule in sorting.rules(wallet.database, wallet.owner)]


def field(screen: AppTest, name: str, kind: str = "text_input") -> Any:
    return getattr(screen, kind)(key=f"settings.rule.edit.1.{name}")


def test_a_rule_is_typed_seen_and_saved(wallet: Wallet, books: Bookkeeping) -> None:
    screen = press(at(wallet, "rules"), "settings.rules.new")
    field(screen, "0.payee.text").set_value("瑞幸").run()
    assert any("2 笔" in one.value for one in screen.markdown)
    assert sorted(screen.dataframe[0].value["payee"]) == ["瑞幸咖啡", "瑞幸咖啡(一店)"]
    press(screen, "settings.rule.edit.1.add")
    field(screen, "1.about", "selectbox").set_value("amount").run()
    field(screen, "1.amount.low").set_value("30").run()
    assert any("1 笔" in one.value for one in screen.markdown)
    press(screen, "settings.rule.save")
    assert "没有说明要做什么" in said(screen)
    field(screen, "name").set_value("贵的咖啡")
    field(screen, "category", "selectbox").set_value("coffee")
    field(screen, "tags").set_value("提神，早上")
    press(screen, "settings.rule.save")
    (kept,) = sorting.rules(wallet.database, wallet.owner)
    assert kept.conditions == (
        TextCondition(TextField.PAYEE, Operator.CONTAINS, "瑞幸"), AmountCondition("CNY", 30_00)
    )  # fmt: skip
    assert kept.action == Action(category="coffee", tags=("提神", "早上"))
    assert "贵的咖啡" in said(screen)


def test_conditions_that_cannot_stand_are_said_in_words_before_saving(wallet: Wallet, books: Bookkeeping) -> None:
    screen = press(at(wallet, "rules"), "settings.rules.new")
    field(screen, "0.payee.operator", "selectbox").set_value("regex")
    field(screen, "0.payee.text").set_value("(a+)+$").run()
    assert not screen.exception
    assert any("正则" in one.value or "重复" in one.value or "规则不完整" in one.value for one in screen.caption)
    press(screen, "settings.rule.edit.1.0.remove")
    field(screen, "name").set_value("x")
    field(screen, "tags").set_value("y")
    press(screen, "settings.rule.save")
    assert "至少要有一个条件" in said(screen)
    press(screen, "settings.rule.cancel")
    assert "settings.rules.new" in keys(screen)


def test_every_sort_of_condition_comes_back_into_the_editor_as_it_was(wallet: Wallet, books: Bookkeeping) -> None:
    group = Group((WeekdayCondition((6, 7)), DirectionCondition(Direction.OUT)), Match.ANY, negated=True)
    rule = save_rule(
        wallet,
        TextCondition(TextField.ANYWHERE, Operator.STARTS, "瑞幸"),
        TextCondition(TextField.ACCOUNT, Operator.EQUALS, "alipay:balance"),
        AmountCondition("USD", 100, 2_000),
        DirectionCondition(Direction.OUT),
        KindCondition((Kind.EXPENSE, Kind.FEE)),
        group,
        action=Action(category="coffee", payee="Luckin", tags=("a", "b"), exclude=True, note="n"),
    )
    screen = press(at(wallet, "rules"), f"settings.rule.{rule.id}.edit")
    press(screen, "settings.rule.save")
    (kept,) = sorting.rules(wallet.database, wallet.owner)
    assert kept == dataclasses.replace(rule, priority=kept.priority)


def test_rules_are_moved_switched_run_and_deleted(wallet: Wallet, books: Bookkeeping) -> None:
    first = save_rule(wallet, TextCondition(TextField.PAYEE, Operator.CONTAINS, "瑞幸"), name="一")
    shop = TextCondition(TextField.PAYEE, Operator.CONTAINS, "青山")
    second = save_rule(wallet, shop, name="二", action=Action(category="gifts", tags=("x",)))
    screen = press(at(wallet, "rules"), f"settings.rule.{second.id}.up")
    assert rules(wallet) == ["二", "一"]
    screen.toggle(key=f"settings.rule.{first.id}.active").set_value(False).run()
    assert [rule.active for rule in sorting.rules(wallet.database, wallet.owner)] == [True, False]
    press(screen, f"settings.rule.{second.id}.run")
    press(screen, "settings.rules.run.confirm")
    assert "1 笔" in said(screen)
    entry = books.entry("B1")
    assert books.asks("SELECT category, tags FROM fact WHERE owner = $owner AND entry = $e", e=entry) == [
        ("gifts", "x")
    ]
    press(screen, f"settings.rule.{second.id}.delete")
    press(screen, "settings.rules.delete.confirm")
    assert rules(wallet) == ["一"]


def test_a_learned_payee_is_forgotten(wallet: Wallet, books: Bookkeeping) -> None:
    always = sorting.AlwaysForPayee(wallet.owner, new_request_id(), wallet.owner, "青山小铺", "gifts")
    sorting.always_for_payee(wallet.database, always)
    screen = at(wallet, "rules", "en-US")
    assert screen.dataframe[0].value["payee"].tolist() == ["青山小铺"]
    press(screen, "settings.learned.forget")
    assert not sorting.learned(wallet.database, wallet.owner)


@pytest.mark.parametrize(
    ("row", "refused"),
    [
        (Row("payee", text="  "), RuleInvalid),
        (Row("amount"), RuleInvalid),
        (Row("amount", low="20", high="10"), RuleInvalid),
        (Row("amount", low="zehn"), AmountUnreadable),
        (Row("kind"), RuleInvalid),
        (Row("account"), RuleInvalid),
    ],
)
def test_what_was_typed_half_is_no_rule(row: Row, refused: type[Exception]) -> None:
    with pytest.raises(refused):
        rule_of(Draft(str(new_id()), "x", rows=(row,), category="coffee"))


def test_a_draft_and_its_rule_are_the_same_thing() -> None:
    typed = Draft(str(new_id()), "n", "any", (Row("payee", "regex", "^a|b"), Row("direction")), tags="a, b")
    assert draft_of(rule_of(typed)) == typed


# Security


def code_of(secret: str, wallet: Wallet, steps: int = 0) -> str:
    now = wallet.database.clock().replace(tzinfo=UTC)
    return pyotp.TOTP(secret).at(int(now.timestamp()) + steps * totp.STEP_SECONDS)


def enrolled(wallet: Wallet) -> tuple[AppTest, str]:
    screen = press(at(wallet, "security"), "settings.totp.begin")
    secret = screen.code[0].value.replace(" ", "")
    screen.text_input(key="settings.totp.confirm.code").set_value(code_of(secret, wallet))
    return press(screen, "settings.totp.confirm.send"), secret


def test_two_steps_begin_only_after_a_right_code_and_the_codes_are_shown_once(wallet: Wallet) -> None:
    screen = press(at(wallet, "security"), "settings.totp.begin")
    secret = screen.code[0].value.replace(" ", "")
    wrong = str((int(code_of(secret, wallet)) + 1) % 1_000_000).zfill(6)
    screen.text_input(key="settings.totp.confirm.code").set_value(wrong)
    press(screen, "settings.totp.confirm.send")
    assert "验证码不对" in said(screen)
    assert not second_factor.has_totp(wallet.database, wallet.owner)
    assert screen.code[0].value.replace(" ", "") == secret
    screen.text_input(key="settings.totp.confirm.code").set_value(code_of(secret, wallet))
    press(screen, "settings.totp.confirm.send")
    assert second_factor.has_totp(wallet.database, wallet.owner)
    codes = screen.code[0].value.splitlines()
    assert len(codes) == second_factor.recovery_codes_left(wallet.database, wallet.owner) == 10
    press(screen, "settings.codes.kept")
    assert not screen.code
    needed = identity.sign_in(wallet.database, "alice", PASSWORD, Visit())
    assert isinstance(needed, SecondFactorNeeded)
    opened = second_factor.answer_challenge(wallet.database, wallet.running.key, needed.challenge, codes[0], Visit())
    assert isinstance(opened, SignedIn)


def test_a_key_that_was_not_confirmed_is_gone_when_the_section_is_left(wallet: Wallet) -> None:
    screen = press(at(wallet, "security"), "settings.totp.begin")
    assert screen.code
    screen.button_group(key="settings.section").set_value("general").run()
    screen.button_group(key="settings.section").set_value("security").run()
    assert not screen.code
    assert "settings.totp.begin" in keys(screen)


def test_recovery_codes_are_renewed_and_the_second_step_removed(wallet: Wallet) -> None:
    screen, secret = enrolled(wallet)
    first = screen.code[0].value.splitlines()
    press(screen, "settings.codes.kept")
    screen.text_input(key="settings.codes.renew.code").set_value(code_of(secret, wallet, 1))
    press(screen, "settings.codes.renew.send")
    second = screen.code[0].value.splitlines()
    assert not set(first) & set(second)
    press(screen, "settings.codes.kept")
    screen.text_input(key="settings.totp.disable.password").set_value("not the password")
    screen.text_input(key="settings.totp.disable.code").set_value(second[0])
    press(screen, "settings.totp.disable.send")
    assert "密码不对" in said(screen)
    screen.text_input(key="settings.totp.disable.password").set_value(PASSWORD)
    screen.text_input(key="settings.totp.disable.code").set_value(second[0])
    press(screen, "settings.totp.disable.send")
    assert not second_factor.has_totp(wallet.database, wallet.owner)


def test_the_password_is_changed_with_the_old_one_and_others_are_signed_out(wallet: Wallet) -> None:
    identity.sign_in(wallet.database, "alice", PASSWORD, Visit())
    screen = at(wallet, "security")
    for old, new, right in (
        ("wrong", "another long password", False),
        (PASSWORD, "short", False),
        (PASSWORD, "purple ocean harbour 17", True),
    ):
        screen.text_input(key="settings.security.password.old").set_value(old)
        screen.text_input(key="settings.security.password.new").set_value(new)
        press(screen, "settings.security.password.change")
        assert bool(screen.error) is not right
    assert isinstance(identity.sign_in(wallet.database, "alice", "purple ocean harbour 17", Visit()), SignedIn)
    assert len(identity.open_sessions(wallet.database, wallet.owner)) == 2


def test_one_session_is_ended_and_then_all(wallet: Wallet) -> None:
    identity.sign_in(wallet.database, "alice", PASSWORD, Visit("10.0.0.9", "Mozilla/5.0 (iPhone) Version Safari/6"))
    other = next(one for one in identity.open_sessions(wallet.database, wallet.owner) if one.address == "10.0.0.9")
    screen = at(wallet, "security")
    assert any("Safari · iPhone" in one.value for one in screen.markdown)
    press(screen, f"settings.session.{other.id}.end")
    assert len(identity.open_sessions(wallet.database, wallet.owner)) == 1
    press(screen, "settings.sessions.everywhere")
    screen.button(key="settings.sessions.all.confirm").click().run()
    assert not identity.open_sessions(wallet.database, wallet.owner)
    assert not screen.run().title


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36 MicroMessenger/8.0", "WeChat · Android"),
        ("curl/8.0", "curl/8.0"),
        ("", ""),
    ],
)
def test_browsers_are_named_as_people_know_them(agent: str, said: str) -> None:
    assert browser_of(agent) == said


# Data


def test_sample_data_goes_in_and_out(wallet: Wallet) -> None:
    screen = press(at(wallet, "data"), "settings.sample.load")
    assert demo.batch_of(wallet.database, wallet.owner)
    press(screen, "settings.sample.remove")
    assert demo.batch_of(wallet.database, wallet.owner) is None


def test_a_copy_is_written_beside_the_store_and_listed(wallet: Wallet) -> None:
    screen = press(at(wallet, "data"), "settings.file.backup")
    (copy,) = (wallet.database.path.parent / "backups").glob("kept-*.duckdb")
    assert copy.name in said(screen).replace("\\", "")
    assert copy.name in screen.dataframe[0].value["file"].tolist()
    assert str(wallet.database.path) in [one.value for one in screen.code]


def test_only_who_runs_the_installation_sees_where_it_lies(wallet: Wallet) -> None:
    bob = identity.sign_up(wallet.database, "bob", PASSWORD, Visit())
    screen = at(dataclasses.replace(wallet, signed_in=bob), "data")
    assert not screen.exception
    assert "settings.file.backup" not in keys(screen)
    assert not screen.code


def test_the_books_of_two_people_stay_apart_on_this_screen(wallet: Wallet, books: Bookkeeping) -> None:
    mine = save_rule(wallet, TextCondition(TextField.PAYEE, Operator.CONTAINS, "瑞幸"))
    bob = dataclasses.replace(wallet, signed_in=identity.sign_up(wallet.database, "bob", PASSWORD, Visit()))
    assert not at(bob, "accounts").dataframe
    assert f"settings.rule.{mine.id}.edit" not in keys(at(bob, "rules"))
    assert not sorting.rules(wallet.database, OwnerId(bob.owner))
    assert not [finding for finding in upkeep.verify(wallet.database) if not finding.kept]
