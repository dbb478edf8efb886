"""SQL and the writer: functions over a cursor. Only doors call in here."""
