"""A screen that says what accounts and what a row states are called, a line each."""

from __future__ import annotations

import streamlit as st

from pages.ui.account_names import account_called, account_names
from pages.ui.books import scope_of
from pages.ui.context import require_user
from pages.ui.screens.rows import described

user = require_user()
st.caption(" | ".join(sorted(account_names(scope_of(user)).values())))
for key, name in (
    ("wallet:CNY", "小金卡"),
    ("held:CNY", "小金卡（冻结）"),
    ("cash", "现金"),
    ("card:unionpay:0047", "unionpay 0047"),
    ("card:工商银行:0047:01", "工商银行 0047"),
    ("card:unionpay:0047", "工资卡"),
    ("wallet:CNY", "日常"),
):
    st.text(account_called(key, name))
st.text(described("refund", "damaged"))
st.text(described("expense", "damaged"))
st.text(described("refund", "退款-拾光"))
