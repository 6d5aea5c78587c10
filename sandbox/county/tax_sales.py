"""Tax_Sale_Data/FeatureServer/0: the dockets of the next six Thursdays, and lands available.

Sale n of the county is held on Thursday n % 6 at first; each week that passes brings a new docket.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from sandbox.county.draws import Draws, Ints
from sandbox.county.parcels import LOTS
from sandbox.county.plats import PALINDROME as PALINDROME_PLAT
from sandbox.county.plats import TWINS
from sandbox.county.roll import Roll
from sandbox.table import Field, GeneratedTable, fields_of

WEEKS_AHEAD = 6
LANDS_AVAILABLE = 3
REDEEMED_DAILY = 0.008
UNSOLD = 0.05  # share of a past docket that turns into lands available
THURSDAY = 3

FIELDS = [
    Field("ObjectID", "OID"),
    *fields_of("String", "USER_TDA_NUM USER_Sale_Date USER_Deed_Status USER_PARCEL"),
]

# sale number -> column -> odd value; the first four sales are the roll's showcase parcels
ODD_VALUES: dict[int, dict[str, Any]] = {
    6: {"USER_Sale_Date": "13/45/2025"},
    7: {"USER_PARCEL": "35-24-27-9999-99-990"},  # not on the roll
    8: {"USER_PARCEL": " "},
    9: {"USER_PARCEL": "16-23-29-5783-00-12"},  # 14 digits
}
SHOWCASE = range(4)
TWIN, PALINDROME, CONDOMINIUM, NO_POINT, CITY = 4, 5, 10, 11, 12
CONDOMINIUM_PLAT, CITY_PLAT = 3, 6


class TaxSales:
    """Sales listed on a day."""

    def __init__(self, draws: Draws, count: int, roll: Roll) -> None:
        self.draws, self.roll = draws, roll
        as_of, day = roll.calendar.as_of, roll.calendar.day
        self.active = count - LANDS_AVAILABLE
        self.weekly = max(2, self.active // WEEKS_AHEAD)
        self.first_thursday = as_of + timedelta(days=(THURSDAY - as_of.weekday()) % 7)
        past = max(0, -(-(roll.calendar.today - self.first_thursday).days // 7))
        total = self.active + past * self.weekly
        self.sales = np.arange(total)
        later = np.maximum(self.sales - self.active, 0)
        self.week = np.where(
            self.sales < self.active,
            self.sales % WEEKS_AHEAD,
            WEEKS_AHEAD + later // self.weekly,
        )
        listed = np.maximum(self.week - WEEKS_AHEAD, -1) * 7 + (self.first_thursday - as_of).days
        redeemed = np.zeros(total, dtype=bool)
        for passed in range(1, day + 1):
            chance = draws.uniform("tax/redeemed", self.sales, passed)
            redeemed |= (chance < REDEEMED_DAILY) & (listed < passed)
        redeemed[: PALINDROME + 1] = False
        self.over = self.week < past
        unsold = draws.uniform("tax/unsold", self.sales) < UNSOLD
        self.present = np.flatnonzero(~redeemed & (~self.over | unsold))

    def thursday(self, week: int) -> date:
        return self.first_thursday + timedelta(days=7 * week)

    def parcel(self, sales: Ints) -> Ints:
        """Roll record on sale in each."""
        roll = self.roll
        chosen = self.draws.integers("tax/parcel", sales, LOTS, roll.size)
        # Now and then a new docket holds a parcel that is in foreclosure too.
        every = 2 * self.weekly
        later = np.arange(self.active, len(self.sales), every)
        for nth, sale in enumerate(later.tolist(), start=len(SHOWCASE)):
            chosen = np.where(sales == sale, roll.showcase[nth % len(roll.showcase)], chosen)
        special = {
            TWIN: TWINS[0] * LOTS + 20,
            PALINDROME: PALINDROME_PLAT * LOTS + 7,
            CONDOMINIUM: CONDOMINIUM_PLAT * LOTS + 30,
            CITY: CITY_PLAT * LOTS + 5,
        }
        special |= {
            sale: int(roll.showcase[sale]) for sale in SHOWCASE if sale < len(roll.showcase)
        }
        for sale, record in special.items():
            chosen = np.where(sales == sale, record, chosen)
        return roll.parcels.identity(chosen)

    def table(self) -> GeneratedTable:
        lands = np.arange(LANDS_AVAILABLE)
        ids = np.concatenate([lands + 1, self.present + 1 + LANDS_AVAILABLE])
        return GeneratedTable(
            fields=FIELDS,
            id_field="ObjectID",
            geometry_type="esriGeometryPoint",
            ids=ids,
            make=lambda positions: self._columns(ids[positions]),
            shape=lambda positions: self._points(ids[positions]),
        )

    def _columns(self, ids: Ints) -> dict[str, Sequence[Any]]:
        as_of = self.roll.calendar.as_of
        parcels = self.roll.parcels.dashed_ids(self.parcel(ids - 1 - LANDS_AVAILABLE))
        sequence = self.draws.integers("tax/sequence", ids, 0, 17)
        columns: dict[str, list[Any]] = {field.name: [] for field in FIELDS}
        for place, (id_, seq) in enumerate(zip(ids.tolist(), sequence.tolist(), strict=True)):
            sale = id_ - 1 - LANDS_AVAILABLE
            if sale < 0:  # lands available: offered two years ago, nobody bid
                held = self.first_thursday - timedelta(days=7 * (96 + id_))
                year, status = as_of.year - 5, "Lands Available"
            else:
                held = self.thursday(int(self.week[sale]))
                year = as_of.year - 2
                status = "Lands Available" if self.over[sale] else "Active Sale"
            row = {
                "ObjectID": id_,
                "USER_TDA_NUM": f"{year}-{1000 + id_ * 17 + seq}",
                "USER_Sale_Date": held.strftime("%m/%d/%Y"),
                "USER_Deed_Status": status,
                "USER_PARCEL": parcels[place],
            } | ODD_VALUES.get(sale, {})
            for name, value in row.items():
                columns[name].append(value)
        return columns

    def _points(self, ids: Ints) -> list[dict[str, Any] | None]:
        sales = ids - 1 - LANDS_AVAILABLE
        lon, lat = self.roll.parcels.place(self.parcel(sales))
        return [
            None if sale == NO_POINT else {"x": x, "y": y}
            for sale, x, y in zip(sales.tolist(), lon.tolist(), lat.tolist(), strict=True)
        ]
