"""MapServer/216 as published on a day: values, owners and the odd rows of the assessor's roll."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from sandbox.county.days import MILLISECONDS_A_DAY, Calendar, Lifecycle, epoch_day, live_through
from sandbox.county.draws import Draws, Floats, Ints
from sandbox.county.parcels import COMMERCIAL, COMMON, CONDO, HOME, LOTS, VACANT, Parcels
from sandbox.county.words import OTHER_STATES
from sandbox.county.worth import Worth, appraise
from sandbox.table import Field, GeneratedTable, fields_of

NEVER_SOLD_MS = -2_208_988_800_000  # 1900-01-01: the roll's "no sale"
DOR_CODES = {HOME: "0100", CONDO: "0400", VACANT: "0000", COMMON: "0900", COMMERCIAL: "1100"}

# By record number; in the first plat, so that every county has them.
BAD_PARCELS = {10: " ", 11: "29221507280004"}  # blank, 14 digits
BAD_VALUES: dict[int, dict[str, Any]] = {
    20: {"AYB": 1066},
    21: {"LAND_MKT": -5000.0},
    22: {"LATITUDE": 27.1, "LONGITUDE": -80.2},
    23: {"LATITUDE": 0.0, "LONGITUDE": 0.0},
    24: {"SALE_DATE": -28_500_000_000_000},  # the year 1066
    25: {"LATITUDE": None, "LONGITUDE": None},
}

FIELDS = [
    Field("OBJECTID", "OID"),
    *fields_of("String", "PARCEL NAME1 NAME2 SITUS SITUS_CITY SITUS_ZIP CITY_SITUS ZIP_SITUS"),
    *fields_of("String", "ADD1 ADD2 CITY STATE ZIP"),
    *fields_of("Double", "LAND_MKT BLDG_MKT XFOB_MKT TOTAL_MKT"),
    *fields_of("Double", "TOTAL_ASSD TOTAL_XMPT TAXABLE TAXES"),
    Field("SALE_DATE", "Date"),
    Field("SALE_ADJ_VALUE", "Double"),
    *fields_of("String", "QUAL_CODE DOR_CODE CONDO_FLAG PROP_NAME"),
    *fields_of("Double", "LIVING_AREA GROSS_AREA"),
    Field("BEDS", "SmallInteger"),
    Field("BATH", "Double"),
    *fields_of("SmallInteger", "POOL AYB EYB"),
    Field("ACREAGE", "Double"),
    Field("ZONING_CODE", "String"),
    *fields_of("Double", "LATITUDE LONGITUDE"),
]


def _where(shown: np.ndarray, values: list[str]) -> list[str | None]:
    """The values where shown, null elsewhere."""
    return np.where(shown, np.array(values, dtype=object), None).tolist()


def _cents(values: Floats) -> list[float]:
    return np.round(values, 2).tolist()


class Roll:
    """The roll on a day: which records exist, and their columns."""

    def __init__(self, draws: Draws, parcels: int, calendar: Calendar) -> None:
        self.draws, self.size, self.calendar = draws, parcels, calendar
        self.born_daily = max(1, parcels // 1000)
        self.parcels = Parcels(draws, parcels + self.born_daily * calendar.day)

    @cached_property
    def life(self) -> Lifecycle:
        """About 1 % of records change, 0.1 % leave and 0.1 % appear each day."""
        return live_through(
            self.draws,
            "roll",
            self.calendar.day,
            initial=self.size,
            born_daily=self.born_daily,
            changes={"value": 0.007, "sale": 0.002, "mail": 0.001},
            vanish=0.001,
            returning=0.02,
            keep=np.concatenate([self.showcase, np.array([*BAD_PARCELS, *BAD_VALUES])]),
        )

    @cached_property
    def showcase(self) -> Ints:
        """Homes with a good value score, for the sales and filings a demo should find."""
        ids = np.arange(LOTS, min(self.size, 20_000))
        worth = self.worth(ids)
        market, ratio = worth.market, worth.market / np.maximum(worth.assessed, 1)
        good = (self.parcels.kind(ids) == HOME) & (worth.living_area > 1000)
        good &= (market > 120_000) & (market < 380_000) & (ratio > 2.05)
        good &= worth.taxes < 0.014 * market
        several = self.parcels.identity(ids) != ids
        good &= ~several & ~np.append(several[1:], False)
        found = ids[good]
        found = found[np.argsort(self.draws.bits("roll/showcase", found), kind="stable")]
        city = self.parcels.in_city(found)
        return np.concatenate([found[~city][:10], found[city][:4]])

    def worth(
        self, ids: Ints, value_day: Ints | None = None, sale_day: Ints | None = None
    ) -> Worth:
        """Values of parcels; without days, those at the start."""
        never = np.zeros(len(ids), dtype=np.int64)
        value_day = never if value_day is None else value_day
        return appraise(self.parcels, ids, value_day, never if sale_day is None else sale_day)

    def columns(self, ids: Ints) -> dict[str, Sequence[Any]]:
        """All published columns of the records, in the order of FIELDS."""
        own = self.parcels.identity(ids)
        draw, kind, last = self.draws, self.parcels.kind(own), self.life.last
        value_day, sale_day = last["value"][own], last["sale"][own]
        worth = self.worth(own, value_day, sale_day)
        lon, lat = self.parcels.place(own)
        built = worth.living_area > 0
        era = self.parcels.plats.built[own // LOTS] + draw.integers("parcel/era", own, 0, 3)
        built_year = np.where(built, np.clip(era, 1905, 2025), 0)
        renewed = built_year + draw.integers("parcel/renewed", own, 0, 25) * (built_year > 0)
        acres = np.where(kind == CONDO, 0.03, 0.12 + 0.4 * draw.uniform("parcel/acres", own) ** 3)
        acres = np.where(kind == COMMON, 5.0, acres) * (0.9 + 0.2 * draw.uniform("roll/acres", ids))
        address = self.parcels.addresses(own)
        city, zip_ = self.parcels.cities_and_zips(own)
        spelling = draw.choice("roll/spelling", own, [0.48, 0.48, 0.04])
        beds = np.clip(worth.living_area / 500, 1, 6).astype(np.int64)
        pool = draw.uniform("parcel/pool", own) < 0.2
        sold = self._sales(own, sale_day, worth.market)
        columns: dict[str, Sequence[Any]] = {
            "OBJECTID": (ids + 1).tolist(),
            "PARCEL": self._parcel_column(ids),
            **self._owners(own, kind, sale_day),
            "SITUS": address,
            "SITUS_CITY": _where(spelling == 0, city),
            "SITUS_ZIP": _where(spelling == 0, zip_),
            "CITY_SITUS": _where(spelling == 1, city),
            "ZIP_SITUS": _where(spelling == 1, zip_),
            **self._mailing(own, worth.homestead, sale_day, address, city, zip_),
            "LAND_MKT": _cents(worth.land),
            "BLDG_MKT": _cents(worth.building),
            "XFOB_MKT": _cents(worth.extra),
            "TOTAL_MKT": _cents(worth.market),
            "TOTAL_ASSD": _cents(worth.assessed),
            "TOTAL_XMPT": _cents(worth.exempt),
            "TAXABLE": _cents(worth.assessed - worth.exempt),
            "TAXES": _cents(worth.taxes),
            **sold,
            "DOR_CODE": [DOR_CODES[k] for k in kind.tolist()],
            "CONDO_FLAG": np.where(kind == CONDO, "C", None).tolist(),
            "PROP_NAME": _where(
                kind == CONDO, [f"{name} CONDOMINIUM" for name in self.parcels.street(own)[0]]
            ),
            "LIVING_AREA": worth.living_area.tolist(),
            "GROSS_AREA": np.round(worth.living_area * 1.25).tolist(),
            "BEDS": np.where(built & (kind != COMMERCIAL), beds, 0).tolist(),
            "BATH": np.where(built, np.maximum(1.0, beds - 1.5), 0.0).tolist(),
            "POOL": np.where(pool & (kind == HOME), 1, 0).tolist(),
            "AYB": built_year.tolist(),
            "EYB": np.minimum(renewed, 2025).tolist(),
            "ACREAGE": np.round(acres, 8).tolist(),
            "ZONING_CODE": self.parcels.plats.zoning[own // LOTS].tolist(),
            "LATITUDE": lat.tolist(),
            "LONGITUDE": lon.tolist(),
        }
        for place in np.flatnonzero(np.isin(ids, list(BAD_VALUES))).tolist():
            for name, value in BAD_VALUES[int(ids[place])].items():
                columns[name][place] = value  # type: ignore[index]
        return columns

    def shapes(self, ids: Ints) -> list[dict[str, Any] | None]:
        """A square lot around each parcel's point: the roll's layer is one of polygons."""
        lon, lat = self.parcels.place(self.parcels.identity(ids))
        half = 0.0001
        corners = ((-half, -half), (-half, half), (half, half), (half, -half), (-half, -half))
        return [
            {"rings": [[[x + dx, y + dy] for dx, dy in corners]]}
            for x, y in zip(lon.tolist(), lat.tolist(), strict=True)
        ]

    def table(self) -> GeneratedTable:
        ids = np.flatnonzero(
            self.life.present[self.parcels.identity(np.arange(len(self.life.born)))]
        )
        return GeneratedTable(
            fields=FIELDS,
            id_field="OBJECTID",
            geometry_type="esriGeometryPolygon",
            ids=ids + 1,
            quick={"PARCEL": lambda: np.array(self._parcel_column(ids), dtype=object)},
            make=lambda positions: self.columns(ids[positions]),
            shape=lambda positions: self.shapes(ids[positions]),
        )

    def _parcel_column(self, ids: Ints) -> list[str]:
        column = self.parcels.parcel_ids(ids)
        for place in np.flatnonzero(np.isin(ids, list(BAD_PARCELS))).tolist():
            column[place] = BAD_PARCELS[int(ids[place])]
        return column

    def _owners(self, own: Ints, kind: Ints, sale_day: Ints) -> dict[str, Sequence[Any]]:
        draw = self.draws
        number = draw.integers("roll/owner", own, 0, 900_000, sale_day).tolist()
        style = draw.choice("roll/owner_style", own, [0.86, 0.08, 0.03, 0.02, 0.01], sale_day)
        second = (draw.uniform("roll/owner_second", own, sale_day) < 0.3).tolist()
        first_names, second_names = [], []
        for n, s, k, two in zip(number, style.tolist(), kind.tolist(), second, strict=True):
            name, other = f"SAMPLE OWNER {n:06d}", f"SAMPLE OWNER {n + 1:06d}" if two else None
            if k == COMMON:
                name, other = f"SAMPLE COMMUNITY {n % 1000:03d} CONDOMINIUM ASSN INC", None
            elif s == 1:
                name, other = f"SAMPLE HOLDINGS {n % 60:03d} LLC", None
            elif s == 2:
                name = f"SAMPLE OWNER {n:06d} 1/2 INT"
            elif s == 3:
                name, other = f"SAMPLE OWNER {n:06d} LIFE ESTATE", f"REM: SAMPLE OWNER {n + 1:06d}"
            elif s == 4:
                name, other = "CONFIDENTIAL", None
            first_names.append(name)
            second_names.append(other)
        return {"NAME1": first_names, "NAME2": second_names}

    def _mailing(
        self,
        own: Ints,
        homestead: np.ndarray,
        sale_day: Ints,
        address: list[str],
        city: list[str],
        zip_: list[str],
    ) -> dict[str, Sequence[Any]]:
        """Where the tax bill goes: home for homesteads, often elsewhere for the others."""
        moved = np.maximum(self.life.last["mail"][own], sale_day)
        where = self.draws.choice("roll/mail", own, [0.35, 0.45, 0.20], moved)
        where = np.where(homestead & (self.life.last["mail"][own] == 0), 0, where).tolist()
        box = self.draws.integers("roll/mail_box", own, 100, 9999, moved).tolist()
        rows = []
        for i, (w, b) in enumerate(zip(where, box, strict=True)):
            if w == 0:
                rows.append((address[i], None, city[i], "FL", zip_[i]))
            elif w == 1:
                rows.append((f"PO BOX {b}", None, "ORLANDO", "FL", "32802"))
            else:
                town, state, code = OTHER_STATES[b % len(OTHER_STATES)]
                rows.append((f"{b} EXAMPLE AVE", f"APT {b % 90 + 1}", town, state, code))
        names = ("ADD1", "ADD2", "CITY", "STATE", "ZIP")
        return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))

    def _sales(self, own: Ints, sale_day: Ints, market: Floats) -> dict[str, Sequence[Any]]:
        """Last transfer of title: one since the start, an older one, or the 1900 sentinel."""
        start = epoch_day(self.calendar.as_of)
        years = self.draws.uniform("parcel/sold", own) ** 1.5 * 35
        day = np.where(sale_day > 0, start + sale_day, start - 30 - (years * 365).astype(np.int64))
        never = (self.draws.uniform("parcel/never_sold", own) < 0.05) & (sale_day == 0)
        price = np.round(market * np.where(sale_day > 0, 1.02, np.exp(-0.03 * years)), -2)
        code = self.draws.choice("roll/qualified", own, [0.6, 0.25, 0.15], sale_day).tolist()
        return {
            "SALE_DATE": np.where(never, NEVER_SOLD_MS, day * MILLISECONDS_A_DAY).tolist(),
            "SALE_ADJ_VALUE": np.where(never, 0.0, price).tolist(),
            "QUAL_CODE": [("01", "11", "30")[c] for c in code],
        }
