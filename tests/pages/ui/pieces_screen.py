"""A screen with every piece on it, run by test_widgets through AppTest."""

from datetime import date

import pandas as pd
import streamlit as st

from data.errors import NotFound
from data.preferences import Preferences
from pages.ui import charts, dialogs, format, limit_bar, pickers, session, tables, widgets  # noqa: A004 - our word for it, always used with its dot
from pages.ui.i18n import text

session.guard_owner("u1")
session.remember_preferences(Preferences(language="en" if st.query_params.get("lang") == "en" else "zh"))
with widgets.page_header(text("nav.overview"), "*sub*"):
    period = pickers.period_picker(date(2026, 10, 22))
st.caption(f"{period.code} {pickers.currency_switch(['CNY', 'USD'])} {session.request_id('form')}")
change = widgets.Change(text("change.down", amount="US$5"), "down", text("change.vs_last_month"), good=True)
widgets.kpi_row([widgets.Kpi(text("common.spending"), "US$1,985.20", change, [1, 2, 3])])
widgets.status_badge("over")
look = charts.look("CNY")
row = charts.LimitRow("a", "<b>x</b>", 24_100, 18_000, "over")
limit_bar.limit_bar(look, row)
charts.show_selectable(charts.budget_bars(look, [row]), key="limits")
frame = pd.DataFrame({"payee": ["=1+1", "b"], "amount": [-6_100, None], "currency": ["CNY", "USD"]})
columns = [tables.Column("payee", text("column.payee")), tables.Column("amount", text("column.amount"), "money")]
tables.data_table(frame, columns, key="rows", select="one", csv=("x.csv", lambda: b"x"))
widgets.empty_state(
    text("empty.title"),
    text("empty.body"),
    key="empty",
    actions=[widgets.Action(text("action.import"), page="import")],
)
widgets.rejection_panel(NotFound("account", "7"))
st.button("ask", key="ask", on_click=dialogs.ask, args=("drop", "row 5"))
dialogs.confirm(
    "drop",
    title=text("action.delete"),
    body=text("dialog.sure"),
    action=text("action.delete"),
    on_confirm=lambda subject: session.flash(f"gone {subject}"),
)
st.caption(format.md_escape("end"))
session.keep("pieces.bound", session.bound(lambda: text("nav.overview")))
