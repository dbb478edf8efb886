"""Formats of other bookkeeping programs and of well-known services: one registry."""

from __future__ import annotations

from typing import Final

from data.importers.peers import (
    actual,
    beecount,
    ezbookkeeping,
    feidee,
    firefly,
    hledger,
    monefy,
    paypal,
    revolut,
    sure,
    swedbank,
    utrade,
    wise,
    ynab,
)
from data.importers.table import Importer

PEERS: Final[tuple[Importer, ...]] = (
    ezbookkeeping.IMPORTER,
    firefly.IMPORTER,
    actual.IMPORTER,
    beecount.IMPORTER,
    beecount.OLDER_IMPORTER,
    sure.IMPORTER,
    sure.TRADES_IMPORTER,
    sure.ACCOUNTS_IMPORTER,
    feidee.IMPORTER,
    feidee.WEB_IMPORTER,
    hledger.IMPORTER,
    monefy.IMPORTER,
    ynab.IMPORTER,
    paypal.IMPORTER,
    revolut.IMPORTER,
    wise.IMPORTER,
    wise.HISTORY_IMPORTER,
    swedbank.IMPORTER,
    utrade.IMPORTER,
)
