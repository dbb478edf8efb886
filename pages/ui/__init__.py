"""What every screen is built from: texts, formats, session, theme, charts, widgets."""
