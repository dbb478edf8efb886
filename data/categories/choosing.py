"""Which of several categories a row of one payee is for, when the person put rows of that payee under more than one.

Only what the person did with this payee counts: how often and how lately each category was chosen, and what the
rows said besides the payee: the description, the source's category, the size of the amount.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from data.categories.examples import Example, Look
from data.categories.features import Features, features_of

_UNSEEN: Final = 0.2  # what a feature that a category never had is taken for, in corrections


def choose(looks: Sequence[Look], chosen: Sequence[Example], *, by_payee: bool = False) -> list[str]:
    """The category of each row, all of one payee. chosen: what the person put where, oldest first, at least one.

    by_payee: the payee is written in several ways, which may tell its rows apart.
    """
    keys = list(dict.fromkeys(one.category for one in reversed(chosen)))  # of equals the latest comes first
    if len(keys) == 1:
        return keys * len(looks)
    known, asked = _said([one.look for one in chosen], by_payee), _said(looks, by_payee)
    category = np.array([keys.index(one.category) for one in chosen], np.int64)
    weight = np.array([one.weight for one in chosen])
    size = np.bincount(category, weights=weight, minlength=len(keys))
    number, which = np.unique(known.number, return_inverse=True)
    pair = which * len(keys) + category[known.row]
    counts = np.bincount(pair, weights=weight[known.row], minlength=len(number) * len(keys))
    likely = np.log((counts.reshape(-1, len(keys)) + _UNSEEN) / (size + 2 * _UNSEEN))
    at = np.minimum(np.searchsorted(number, asked.number), max(len(number) - 1, 0))
    met = np.flatnonzero(number[at] == asked.number) if len(number) else np.array([], np.int64)
    scores = np.tile(np.log(size), (len(looks), 1))
    np.add.at(scores, asked.row[met], asked.says[met, None] * likely[at[met]])
    return [keys[best] for best in scores.argmax(axis=1).tolist()]


def _said(looks: Sequence[Look], by_payee: bool) -> Features:  # noqa: FBT001 - of the caller above only
    return features_of(looks if by_payee else [one._replace(payee="", key="") for one in looks])
