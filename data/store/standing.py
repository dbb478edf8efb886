"""Which entry stands for which while rows are paired: the part of a query that follows `pair_event`.

`stand_in(entry, kept, tells, whole, depth)`: every entry that gave way, with the one that stands for it at the end of a
chain (a shop's bill, the wallet it went through, the bank). `teller(kept, entry, whole, place)`: whose texts tell what
`kept` was, the one farthest from the bank first. whole: it told of the same amount.
"""

from __future__ import annotations

from typing import Final

PAIRED: Final = """
paired AS (
    SELECT described, moved, kept, whole FROM (
        SELECT described, moved, kept, whole, event, row_number() OVER (PARTITION BY pair ORDER BY seq DESC) AS newest
        FROM pair_event WHERE owner = $owner
    ) e WHERE newest = 1 AND event IN ('applied', 'accepted')
),
gave_way AS (
    SELECT described AS entry, kept, true AS tells, whole FROM paired WHERE described <> kept
    UNION ALL
    SELECT moved, kept, false, whole FROM paired WHERE moved <> kept
),
stands_for AS (
    SELECT entry, kept, tells, whole, 1 AS depth FROM gave_way
    UNION ALL
    SELECT s.entry, g.kept, s.tells, s.whole AND g.whole, s.depth + 1
    FROM stands_for s JOIN gave_way g ON g.entry = s.kept
    WHERE s.depth < 5
),
stand_in AS (
    SELECT entry, kept, tells, whole, depth FROM (
        SELECT entry, kept, tells, whole, depth, row_number() OVER (PARTITION BY entry ORDER BY depth DESC) AS last
        FROM stands_for
    ) s WHERE last = 1
),
teller AS (
    SELECT kept, entry, whole, row_number() OVER (PARTITION BY kept ORDER BY depth DESC, entry) AS place
    FROM stand_in WHERE tells
),
"""
