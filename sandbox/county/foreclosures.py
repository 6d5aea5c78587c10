"""MapServer/44: a large archive of 2012 beside a few current filings, as the real layer might be.

Filings are numbered: the archive first, then the current ones, then those recorded day by day.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from sandbox.county.days import MILLISECONDS_A_DAY, epoch_day, live_through
from sandbox.county.draws import Draws, Ints
from sandbox.county.parcels import CONDO, LOTS
from sandbox.county.roll import Roll
from sandbox.county.words import LENDERS, STREET_TYPES, TRUSTEES
from sandbox.table import Field, GeneratedTable, fields_of

FIELDS = [
    Field("OBJECTID", "OID"),
    *fields_of("String", "BORROWERS_NAME SITUS_ADDRESS SITUS_CITY SITUS_STATE SITUS_ZIP"),
    Field("SITUS_COUNTY", "String"),
    Field("TRANSFER_DATE", "Date"),
    *fields_of("Double", "TRANSFER_AMOUNT DEFAULT_AMOUNT OPENING_BID"),
    *fields_of("Date", "RECORDING_DATE ENTERED_DATE AUCTION_DATE"),
    *fields_of("String", "TRUSTEE_NAME LENDER_NAME LENDER_PHONE PROPERTY_TYPE"),
    *fields_of("String", "RECORD_TYPE_DESCRIPTION PARCEL_NUMBER"),
    Field("YEAR", "SmallInteger"),
]

NOTICE, LIS_PENDENS = "Notice of Foreclosure", "Lis Pendens"

# archive filing -> column -> odd value
ODD_VALUES: dict[int, dict[str, Any]] = {
    3: {"RECORDING_DATE": -28_500_000_000_000},  # the year 1066
    5: {"DEFAULT_AMOUNT": -1200.0},
    6: {"PARCEL_NUMBER": "272435999999990"},  # not on the roll
    8: {"PARCEL_NUMBER": "29221507280004"},  # 14 digits
    10: {"PARCEL_NUMBER": "  "},
}
NO_POINT, FAR_POINT = 9, 4
# further filings on the parcels of the first current ones
SECOND_FILINGS = 3


class Foreclosures:
    """Filings published on a day."""

    def __init__(self, draws: Draws, count: int, roll: Roll) -> None:
        self.draws, self.roll, self.count = draws, roll, count
        self.current = max(30, count * 3 // 100)
        self.archive = count - self.current
        self.daily = max(1, count // 3000)
        showcase = self.archive + np.arange(len(roll.showcase))
        self.life = live_through(
            draws,
            "foreclosure",
            roll.calendar.day,
            initial=count,
            born_daily=self.daily,
            changes={"postponed": 0.001, "amount": 0.001},
            vanish=0.0005,
            keep=np.concatenate([showcase, np.arange(12)]),
        )

    def parcel(self, filings: Ints) -> Ints:
        """Roll record of each filing."""
        roll = self.roll
        twice = np.where((filings < self.archive) & (filings % 25 == 24), filings - 1, filings)
        chosen = self.draws.integers("foreclosure/parcel", twice, LOTS, roll.size)
        for place, record in enumerate(roll.showcase.tolist()):
            chosen = np.where(filings == self.archive + place, record, chosen)
        again = filings - self.archive - len(roll.showcase)
        for place, record in enumerate(roll.showcase[:SECOND_FILINGS].tolist()):
            chosen = np.where(again == place, record, chosen)
        return roll.parcels.identity(chosen)

    def _featured(self, filings: Ints) -> np.ndarray:
        """The first current filings are on the roll's showcase parcels."""
        return (filings >= self.archive) & (filings < self.archive + len(self.roll.showcase))

    def table(self) -> GeneratedTable:
        filings = np.flatnonzero(self.life.present)
        return GeneratedTable(
            fields=FIELDS,
            id_field="OBJECTID",
            geometry_type="esriGeometryPoint",
            ids=filings + 1,
            make=lambda positions: self._columns(filings[positions]),
            shape=lambda positions: self._points(filings[positions]),
        )

    def _dates(self, filings: Ints) -> tuple[Ints, Ints, Ints, np.ndarray]:
        """Recorded, entered and auction day (days since 1970; auction 0 = none), and is-notice."""
        draw, life = self.draws, self.life
        start = epoch_day(self.roll.calendar.as_of)
        featured = self._featured(filings)
        again = filings - self.archive - len(self.roll.showcase)
        second = (again >= 0) & (again < SECOND_FILINGS)
        second |= (filings < self.archive) & (filings % 25 == 24)
        notice = draw.uniform("foreclosure/notice", filings) < 0.72
        notice = (notice | featured) & ~second
        spread = draw.uniform("foreclosure/spread", filings)
        old = filings < self.archive
        born = life.born[filings]
        old_notice = epoch_day(date(2012, 5, 14)) + (spread * 31).astype(np.int64)
        old_suit = epoch_day(date(2012, 11, 1)) + (spread * 60).astype(np.int64)
        recent = start - 20 - (spread * 160).astype(np.int64)
        recorded = np.where(old, np.where(notice, old_notice, old_suit), recent)
        recorded = np.where(born > 0, start + born - 1, recorded)
        ahead = draw.integers("foreclosure/ahead", filings, 3, 60)
        ahead = np.where(featured, np.maximum(ahead, 14), ahead)
        auction = np.where(old, recorded + 80 + ahead, start + born + ahead)
        auction += 28 * (life.last["postponed"][filings] > 0)
        # Sales are held Monday to Thursday; 1970-01-01 was a Thursday.
        weekday = (auction + 3) % 7
        auction += np.where(weekday >= 4, 7 - weekday, 0)
        entered = recorded + 8 + draw.integers("foreclosure/entered", filings, 0, 6)
        return recorded, entered, np.where(notice, auction, 0), notice

    def _columns(self, filings: Ints) -> dict[str, Sequence[Any]]:
        draw, parcels = self.draws, self.roll.parcels
        records = self.parcel(filings)
        recorded, entered, auction, notice = self._dates(filings)
        condo = parcels.kind(records) == CONDO
        # A condominium filing often carries the association's common area instead of the unit.
        wrong = condo & (draw.uniform("foreclosure/wrong_unit", filings) < 0.6)
        named = np.where(wrong, records // LOTS * LOTS + LOTS - 1, records)
        ids: list[str | None] = list(parcels.parcel_ids(named))
        featured = self._featured(filings)
        missing = (draw.uniform("foreclosure/no_parcel", filings) < 0.10) & ~featured
        for place in np.flatnonzero(missing).tolist():
            ids[place] = None
        amounts = np.round(draw.integers("foreclosure/amount", filings, 40_000, 320_000), -1)
        known = (filings >= self.archive) & (draw.uniform("foreclosure/known", filings) < 0.3)
        known = known | (featured & (filings % 2 == 0)) | (self.life.last["amount"][filings] > 0)
        lender = draw.integers("foreclosure/lender", filings, 0, len(LENDERS)).tolist()
        trustee = draw.integers("foreclosure/trustee", filings, 0, len(TRUSTEES)).tolist()
        trusted = (draw.uniform("foreclosure/trusted", filings) < 0.95).tolist()
        phone = (draw.uniform("foreclosure/phone", filings) < 0.09).tolist()
        borrower = draw.integers("foreclosure/borrower", filings, 0, 900_000).tolist()
        cities, zips = parcels.cities_and_zips(records)
        size = len(filings)
        years = (
            recorded.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
        ).tolist()
        columns: dict[str, list[Any]] = {
            "OBJECTID": (filings + 1).tolist(),
            "BORROWERS_NAME": [f"Sample Borrower {n:06d}" for n in borrower],
            "SITUS_ADDRESS": self._addresses(records, filings),
            "SITUS_CITY": [city.title() for city in cities],
            "SITUS_STATE": ["FL"] * size,
            "SITUS_ZIP": zips,
            "SITUS_COUNTY": ["Orange"] * size,
            "TRANSFER_DATE": [None] * size,
            "TRANSFER_AMOUNT": [0.0] * size,
            "DEFAULT_AMOUNT": np.where(known, amounts, 0).astype(float).tolist(),
            "OPENING_BID": [0.0] * size,
            "RECORDING_DATE": (recorded * MILLISECONDS_A_DAY).tolist(),
            "ENTERED_DATE": (entered * MILLISECONDS_A_DAY).tolist(),
            "AUCTION_DATE": [a * MILLISECONDS_A_DAY if a else None for a in auction.tolist()],
            "TRUSTEE_NAME": [
                TRUSTEES[i] if t else None for i, t in zip(trustee, trusted, strict=True)
            ],
            "LENDER_NAME": [LENDERS[i] if n else None for i, n in zip(lender, notice, strict=True)],
            "LENDER_PHONE": ["407-555-0100" if p else None for p in phone],
            "PROPERTY_TYPE": [
                "Condominium" if c else "Single Family Residence" for c in condo.tolist()
            ],
            "RECORD_TYPE_DESCRIPTION": [NOTICE if n else LIS_PENDENS for n in notice.tolist()],
            "PARCEL_NUMBER": ids,
            "YEAR": years,
        }
        for place, filing in enumerate(filings.tolist()):
            for name, value in ODD_VALUES.get(filing, {}).items():
                columns[name][place] = value
        return columns

    def _addresses(self, records: Ints, filings: Ints) -> list[str]:
        """Street line as the layer writes it: full street types, '# 204', at times two blanks."""
        parcels = self.roll.parcels
        gaps = (self.draws.uniform("foreclosure/gap", filings) < 0.15).tolist()
        abbreviated = (self.draws.uniform("foreclosure/short", filings) < 0.2).tolist()
        lines = []
        parts = zip(
            parcels.house_number(records).tolist(),
            *parcels.street(records),
            parcels.unit(records).tolist(),
            gaps,
            abbreviated,
            strict=True,
        )
        for house, name, type_, unit, gap, short in parts:
            written = type_ if short else STREET_TYPES[type_]
            line = f"{house or ''} {name}{'  ' if gap else ' '}{written}".strip()
            lines.append(f"{line} # {unit}" if unit else line)
        return lines

    def _points(self, filings: Ints) -> list[dict[str, Any] | None]:
        lon, lat = self.roll.parcels.place(self.parcel(filings))
        # Geocoded by address, so a few metres beside the parcel's own point.
        lon = lon + (self.draws.uniform("foreclosure/east", filings) - 0.5) * 0.0001
        lat = lat + (self.draws.uniform("foreclosure/north", filings) - 0.5) * 0.0001
        points: list[dict[str, Any] | None] = []
        for filing, x, y in zip(filings.tolist(), lon.tolist(), lat.tolist(), strict=True):
            if filing == NO_POINT:
                points.append(None)
            elif filing == FAR_POINT:
                points.append({"x": -84.39, "y": 33.75})
            else:
                points.append({"x": x, "y": y})
        return points
