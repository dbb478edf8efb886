"""Am I within my limits: how they stand this month, setting them, how they went before."""

from __future__ import annotations

from analytics.alerts import warnings
from analytics.budgets import budget
from analytics.spending import totals
from pages.ui.books import currencies_of, scope_of
from pages.ui.context import require_user
from pages.ui.i18n import text
from pages.ui.pickers import currency_switch, period_picker
from pages.ui.screens import budgets as screen
from pages.ui.screens.limits_editor import editor
from pages.ui.widgets import notice, page_header

user = require_user()
scope = scope_of(user)
controls = page_header(text("budgets.title"), text("budgets.subtitle"))
with controls:
    currency = currency_switch(currencies_of(scope, user))
    period = period_picker(user.today, kinds=("month",))
answer = budget(scope, period.span, currency)
if answer.all:
    screen.figures(answer, totals(scope, period.span, currency).spending)
    if user.today in period.span:
        screen.warnings(user, scope, [one for one in warnings(scope) if one.alert.currency == currency])
    screen.standing(scope, answer)
else:
    notice(text("budgets.empty.title"), text("budgets.empty.body"))
editor(user, scope, period.span, currency)
if answer.all:
    screen.against_actual(scope, answer)
    screen.unlimited(scope, answer)
screen.changes(scope)
