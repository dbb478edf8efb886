"""The edge: what a browser meets before, beside and around Streamlit. Plain ASGI and HTML; no Streamlit in here."""
