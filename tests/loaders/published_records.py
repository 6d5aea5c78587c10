"""Records as tests publish them."""

from typing import Any

ORANGE = "12095"
Record = dict[str, Any]


def parcel(number: int, **changes: Any) -> Record:
    """A record of the roll; `number` names parcel and object id."""
    return {
        "OBJECTID": number,
        "PARCEL": f"2820300231{number:05d}",
        "NAME1": f"OWNER {number:04d}",
        "TOTAL_MKT": 100_000.0 + number,
        **changes,
    }


def parcels(count: int) -> list[Record]:
    return [parcel(number) for number in range(1, count + 1)]


def case(number: int, updated: str = "2026-03-01T06:00:00.000Z", **changes: Any) -> Record:
    """A code case with its Socrata system fields."""
    return {
        ":id": f"row-{number:05d}",
        ":created_at": "2026-01-01T06:00:00.000Z",
        ":updated_at": updated,
        "apno": f"2026-{number:05d}LOT",
        "caseinfostatus": "Open",
        **changes,
    }


def cases(count: int) -> list[Record]:
    return [case(number) for number in range(1, count + 1)]
