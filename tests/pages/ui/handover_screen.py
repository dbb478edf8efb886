"""A session of one person after another, run by test_widgets through AppTest."""

import streamlit as st

from pages.ui import session

session.guard_owner(st.query_params["who"])
seen = session.recall("page.secret", "nothing")
session.keep("page.secret", st.query_params["who"])
st.write(seen)
