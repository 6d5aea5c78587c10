"""k6e8-nw6w: the City of Orlando's code cases, many on each of a few places, in the city only."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from sandbox.county.days import MILLISECONDS_A_DAY, epoch_day, live_through
from sandbox.county.draws import Draws, Ints
from sandbox.county.geography import to_state_plane
from sandbox.county.parcels import LOTS
from sandbox.county.roll import Roll
from sandbox.table import GeneratedTable, fields_of

YEARS_KEPT = 5
CLOSED_DAILY = 0.012  # of the open cases
MILLISECONDS_AN_HOUR = 3_600_000

# case_type, casetype, suffix of the case number, casename, share
TYPES = (
    ("Housing", "H", "HSG", "HOUSING INSPECTION", 0.30),
    ("Lot", "LOT", "LOT", "LOT MAINTENANCE", 0.30),
    ("Zoning", "Z", "ZON", "ZONING COMPLAINT", 0.08),
    ("Commercial", "C", "COM", "COMMERCIAL BUILDING", 0.05),
    ("Abatement", "ABT", "ABT", "LIEN ABATEMENT", 0.03),
    ("Tree", "TREE", "TRE", "TREE REMOVAL", 0.02),
    ("Sign", "SGN", "SGN", "SIGN WITHOUT PERMIT", 0.02),
    ("Pool", "POOL", "POL", "POOL NOT SECURED", 0.01),
    ("Business Tax", "BTR", "BTR", "BUSINESS TAX RECEIPT", 0.12),
    ("Ticket", "TKT", "TKT", "CODE TICKET", 0.07),
)
COMMENTS = (
    "SAMPLE COMMENT: OVERGROWN LOT OBSERVED",
    "SAMPLE COMMENT: NOTICE POSTED",
    "SAMPLE COMMENT: REINSPECTION SCHEDULED",
    "SAMPLE COMMENT: OWNER CONTACTED",
)

FIELDS = [
    *fields_of("String", ":id :created_at :updated_at apno"),
    *fields_of("Date", "casedt resdt"),
    *fields_of("String", "case_type casetype casename case_comments code caseinfostatus"),
    *fields_of("String", "derived_address location_notes gpsx gpsy parcel_id parassdvalue"),
]

# case -> column -> odd value
ODD_VALUES: dict[int, dict[str, Any]] = {
    7: {"apno": None},
    8: {"casedt": "1066-10-14T00:00:00.000"},
    9: {"gpsx": "1250000.0", "gpsy": "990000.0"},  # outside the county
    10: {"parassdvalue": "-100"},
    11: {"casedt": "2025-13-45T00:00:00.000"},
    12: {"caseinfostatus": " open "},
    13: {"parcel_id": "29221507280004"},  # 14 digits
}
SPREAD = 2654435761  # odd: makes case numbers look random


class CodeCases:
    """Cases published on a day. Case n is the n-th oldest."""

    def __init__(self, draws: Draws, count: int, roll: Roll) -> None:
        self.draws, self.roll, self.count = draws, roll, count
        self.daily = max(2, count // 4000)
        self.life = live_through(
            draws,
            "case",
            roll.calendar.day,
            initial=count,
            born_daily=self.daily,
            changes={"noted": 0.005},
            vanish=0.0001,
            keep=np.arange(40),
        )

    @cached_property
    def places(self) -> Ints:
        """Roll records with cases: four city parcels in ten, more where a plat is neglected."""
        ids = np.arange(self.roll.size)
        ids = ids[self.roll.parcels.in_city(ids)]
        neglect = self.roll.parcels.plats.neglect[ids // LOTS]
        ids = ids[self.draws.uniform("case/place_here", ids) < neglect]
        return ids[np.argsort(self.draws.bits("case/order", ids), kind="stable")]

    def record(self, cases: Ints) -> Ints:
        """Roll record where each case is: some places gather far more than others."""
        share = self.draws.uniform("case/place", cases) ** 1.6
        return self.places[(share * len(self.places)).astype(np.int64)]

    def opened(self, cases: Ints) -> Ints:
        """Day a case was opened, in days since 1970."""
        start = epoch_day(self.roll.calendar.as_of)
        age = (1 - cases / self.count) * 365.25 * YEARS_KEPT
        born = self.life.born[cases]
        return np.where(born > 0, start + born - 1, start - 1 - age.astype(np.int64))

    @cached_property
    def closing(self) -> Ints:
        """Day on which each case that was open at the start, or new since, closes; 0 = before."""
        cases = np.arange(len(self.life.born))
        # Few old cases are still open, but many of the last half year.
        open_share = np.where(cases / self.count > 0.9, 0.30, 0.035)
        was_open = self.draws.uniform("case/open", cases) < open_share
        waits = np.log1p(-self.draws.uniform("case/waits", cases)) / np.log1p(-CLOSED_DAILY)
        day = self.life.born + 1 + waits.astype(np.int64)
        return np.where(was_open | (self.life.born > 0), day, 0)

    @cached_property
    def closed(self) -> np.ndarray:
        """Is the case closed now?"""
        return self.closing <= self.roll.calendar.day

    def resolved(self, cases: Ints) -> Ints:
        """Day a closed case was resolved, in days since 1970."""
        start = epoch_day(self.roll.calendar.as_of)
        took = 1 + (self.draws.uniform("case/took", cases) ** 3 * 300).astype(np.int64)
        opened = self.opened(cases)
        before = np.maximum(np.minimum(opened + took, start - 1), opened)
        closing = self.closing[cases]
        return np.where(closing > 0, start + closing, before)

    def updated_ms(self) -> Ints:
        """`:updated_at` of all cases in epoch ms: the early morning of the last change."""
        cases = np.arange(len(self.life.born))
        start = epoch_day(self.roll.calendar.as_of)
        touched = np.maximum(self.life.touched, np.where(self.closed, self.closing, 0))
        opened = self.opened(cases)
        at_first = np.where(self.closing == 0, np.maximum(self.resolved(cases), opened), opened)
        day = np.where(touched > 0, start + touched, np.minimum(at_first + 1, start))
        # Between 06:00 and 06:30 UTC: the county publishes once a day.
        moment = self.draws.integers("case/moment", cases, 0, 1_800_000, touched)
        return day * MILLISECONDS_A_DAY + 6 * MILLISECONDS_AN_HOUR + moment

    def table(self) -> GeneratedTable:
        cases = np.flatnonzero(self.life.present)
        updated = self.updated_ms()[cases]
        return GeneratedTable(
            fields=FIELDS,
            id_field="",
            ids=cases,
            make=lambda positions: self._columns(cases[positions], updated[positions]),
            quick={
                ":id": lambda: np.array(_row_ids(cases)),
                ":updated_at": lambda: np.array(_times(updated)),
            },
            omit_nulls=True,
        )

    def _columns(self, cases: Ints, updated: Ints) -> dict[str, Sequence[Any]]:
        draw, parcels = self.draws, self.roll.parcels
        records = parcels.identity(self.record(cases))
        opened, closed = self.opened(cases), self.closed[cases]
        types = [TYPES[t] for t in draw.choice("case/type", cases, [t[-1] for t in TYPES]).tolist()]
        worth = self.roll.worth(records)
        created = np.minimum(opened * MILLISECONDS_A_DAY + 30 * MILLISECONDS_AN_HOUR, updated)
        noted = self.life.last["noted"][cases]
        comment = draw.choice("case/comment", cases, [0.4, 0.15, 0.15, 0.15, 0.15], noted).tolist()
        visit = draw.integers("case/visit", cases, 1, 100, noted).tolist()
        stage = draw.choice("case/stage", cases, [0.5, 0.3, 0.2], noted).tolist()
        gpsx, gpsy = self._plane(cases, records)
        opened_text = _dates(opened)
        columns: dict[str, list[Any]] = {
            ":id": _row_ids(cases),
            ":created_at": _times(created),
            ":updated_at": _times(updated),
            "apno": [
                f"{day[:4]}-{1000 + case}{t[2]}"
                for day, case, t in zip(opened_text, cases.tolist(), types, strict=True)
            ],
            "casedt": opened_text,
            "resdt": [
                d if c else None for d, c in zip(_dates(self.resolved(cases)), closed, strict=True)
            ],
            "case_type": [t[0] for t in types],
            "casetype": [t[1] for t in types],
            "casename": [t[3] for t in types],
            "case_comments": [
                f"{COMMENTS[c - 1]} (VISIT {v})" if c else None
                for c, v in zip(comment, visit, strict=True)
            ],
            "code": [
                "CLS" if c else ("NOV", "INSP", "HRG")[s]
                for c, s in zip(closed.tolist(), stage, strict=True)
            ],
            "caseinfostatus": ["Closed" if c else "Open" for c in closed.tolist()],
            **self._addresses(cases, records),
            "gpsx": gpsx,
            "gpsy": gpsy,
            "parcel_id": self._parcel_ids(cases, records),
            "parassdvalue": [f"{value:.0f}" for value in worth.assessed.tolist()],
        }
        for place in np.flatnonzero(cases <= max(ODD_VALUES)).tolist():
            for name, value in ODD_VALUES.get(int(cases[place]), {}).items():
                columns[name][place] = value
        return columns

    def _plane(self, cases: Ints, records: Ints) -> tuple[list[str], list[str]]:
        """State-plane feet as text; 0 where unknown, and a few degrees instead of feet."""
        lon, lat = self.roll.parcels.place(records)
        x, y = to_state_plane(lon, lat)
        how = self.draws.choice("case/gps", cases, [0.96, 0.035, 0.005])
        east = np.where(how == 0, np.round(x, 3), np.where(how == 1, 0, np.round(lon, 6)))
        north = np.where(how == 0, np.round(y, 3), np.where(how == 1, 0, np.round(lat, 6)))
        return [repr(v) if v else "0" for v in east.tolist()], [
            repr(v) if v else "0" for v in north.tolist()
        ]

    def _parcel_ids(self, cases: Ints, records: Ints) -> list[str | None]:
        """15 digits, or one of the ways in which 22 % of cases lack them."""
        way = self.draws.choice("case/parcel", cases, [0.78, 0.15, 0.04, 0.02, 0.01]).tolist()
        ids = self.roll.parcels.parcel_ids(records)
        return [(p, None, "0", "UNKNOWN", p[:9])[w] for p, w in zip(ids, way, strict=True)]

    def _addresses(self, cases: Ints, records: Ints) -> dict[str, list[Any]]:
        way = self.draws.choice("case/address", cases, [0.95, 0.03, 0.02]).tolist()
        noted = (self.draws.uniform("case/noted_place", cases) < 0.4).tolist()
        lines = self.roll.parcels.addresses(records)
        return {
            "derived_address": [
                (f"{line}  ORLANDO FL", "     ORLANDO FL", "No Address")[w]
                for line, w in zip(lines, way, strict=True)
            ],
            "location_notes": [
                line if n and w == 0 else None for line, w, n in zip(lines, way, noted, strict=True)
            ],
        }


def _row_ids(cases: Ints) -> list[str]:
    """Opaque, but in the order of the cases."""
    return [f"row-{case:07d}.{case * SPREAD % 2**32:08x}" for case in cases.tolist()]


def _dates(days: Ints) -> list[str]:
    """Floating timestamps: no zone, midnight."""
    text = np.datetime_as_string(days.astype("datetime64[D]")).tolist()
    return [f"{day}T00:00:00.000" for day in text]


def _times(milliseconds: Ints) -> list[str]:
    """System field timestamps in UTC."""
    text = np.datetime_as_string(milliseconds.astype("datetime64[ms]"), timezone="UTC")
    return text.tolist()
