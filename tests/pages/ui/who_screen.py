"""A screen that says who is looking at it."""

import streamlit as st

from pages.ui.context import require_user

user = require_user()
st.text(f"{user.name} {user.operator} {user.preferences.zone} {user.today}")
