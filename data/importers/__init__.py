"""Bytes in, a parsed statement out. Pure: no clock, no store, no network."""
