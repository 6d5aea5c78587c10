"""What the passing of days does to records: appear, change, vanish, return.

Whole-county vectors, one small pass a day: day N costs the same from a fresh start as from day N-1,
and the state is the same either way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sandbox.county.draws import Draws, Ints

MILLISECONDS_A_DAY = 86_400_000


@dataclass(frozen=True)
class Calendar:
    """`as_of` is day 0; the county publishes as of `today`."""

    as_of: date
    day: int

    @property
    def today(self) -> date:
        return self.as_of + timedelta(days=self.day)


def epoch_ms(day: date) -> int:
    """Midnight UTC of a date as ArcGIS writes it."""
    return (day - date(1970, 1, 1)).days * MILLISECONDS_A_DAY


def epoch_day(day: date) -> int:
    return (day - date(1970, 1, 1)).days


@dataclass(frozen=True)
class Lifecycle:
    """State of `initial + new` records at the end of a day.

    `last[kind]` is the last day with a change of that kind, 0 = never; `born` the day a record
    first appeared; `present` whether it is published now.
    """

    born: Ints
    present: np.ndarray
    last: Mapping[str, Ints]

    @property
    def touched(self) -> Ints:
        """Last day on which anything changed."""
        return np.maximum.reduce([self.born, *self.last.values()])


def live_through(
    draws: Draws,
    source: str,
    days: int,
    *,
    initial: int,
    born_daily: int,
    changes: Mapping[str, float],
    vanish: float,
    returning: float = 0.0,
    keep: Ints | None = None,
) -> Lifecycle:
    """Play `days` days.

    Args:
        changes: probability a day for each kind of change.
        vanish: probability a day of leaving; `returning` the same for coming back.
        keep: records that never leave.
    """
    total = initial + born_daily * days
    ids = np.arange(total)
    born = np.zeros(total, dtype=np.int64)
    if born_daily:
        born[initial:] = 1 + np.arange(total - initial) // born_daily
    present = born == 0
    last = {kind: np.zeros(total, dtype=np.int64) for kind in changes}
    kept = np.zeros(total, dtype=bool)
    if keep is not None:
        kept[keep] = True
    for day in range(1, days + 1):
        here = present.copy()
        leaving = draws.uniform(f"{source}/vanish", ids, day) < vanish
        present[leaving & ~kept] = False
        if returning:
            back = draws.uniform(f"{source}/return", ids, day) < returning
            present |= back & ~here & (born < day)
        chance = draws.uniform(f"{source}/change", ids, day)
        low = 0.0
        for kind, probability in changes.items():
            last[kind][here & (chance >= low) & (chance < low + probability)] = day
            low += probability
        present |= born == day
    return Lifecycle(born, present, last)
