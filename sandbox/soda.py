"""SODA 2.1 for one data set, as data.cityoforlando.net answers it."""

import re
from collections.abc import Mapping

import numpy as np
import orjson

from sandbox.arcgis import Answer, forbidden
from sandbox.county.draws import Ints
from sandbox.table import Table
from sandbox.where import BadWhere, matching

DEFAULT_LIMIT, MOST_ROWS = 1000, 50_000
ORDERS_KEPT = 4
SYSTEM_FIELDS = (":id", ":created_at", ":updated_at")
_AGGREGATE = re.compile(r"^(count|min|max)\(\s*(\*|[:\w]+)\s*\)(?:\s+as\s+(\w+))?$", re.IGNORECASE)


def query(table: Table, asked: Mapping[str, str], get_query: str = "") -> Answer:
    """Rows, or one row of aggregates.

    Args:
        get_query: the raw query string; the firewall refuses `$where` with `+` for spaces.
    """
    raw_where = re.search(r"(?:%24|\$)where=([^&]*)", get_query, re.IGNORECASE)
    if raw_where and "+" in raw_where[1]:
        return forbidden()
    try:
        return _rows(table, asked)
    except (BadWhere, ValueError) as error:
        body = {"code": "query.compiler.malformed", "error": True, "message": str(error)}
        return Answer(orjson.dumps(body), 400)


def _rows(table: Table, asked: Mapping[str, str]) -> Answer:
    unknown = [
        name
        for name in asked
        if name.startswith("$")
        and name not in ("$select", "$where", "$order", "$limit", "$offset", "$$app_token")
    ]
    if unknown:
        raise BadWhere(f"unknown parameter {unknown[0]}")
    select = asked.get("$select", "*").strip() or "*"
    where, order = asked.get("$where", ""), asked.get("$order", "")
    if _AGGREGATE.match(select):
        return _aggregate(table, _filtered(table, where), select)
    offset = int(asked.get("$offset") or 0)
    limit = min(int(asked.get("$limit") or DEFAULT_LIMIT), MOST_ROWS)
    if offset < 0 or limit < 0:
        raise BadWhere("$offset and $limit must not be negative")
    if (where, order) not in table.orders:
        while len(table.orders) >= ORDERS_KEPT:
            table.orders.pop(next(iter(table.orders)))
        table.orders[where, order] = _ordered(table, _filtered(table, where), order)
    positions = table.orders[where, order]
    if not order:  # no order is promised, so none is kept between pages
        positions = np.roll(positions, offset // 3)
    positions = positions[offset : offset + limit]
    records = table.records(positions) if len(positions) else []
    if select.replace(" ", "") != ":*,*":
        names = None if select == "*" else select.replace(" ", "").split(",")
        rows = map(orjson.loads, records)
        records = [
            orjson.dumps(
                {k: v for k, v in row.items() if (k in names if names else k not in SYSTEM_FIELDS)}
            )
            for row in rows
        ]
    return Answer(b"[" + b",\n".join(records) + b"]\n", is_page=True)


def _filtered(table: Table, where: str) -> Ints:
    found = np.arange(len(table.ids))
    return found[matching(where, table.column, len(found))] if where else found


def _ordered(table: Table, found: Ints, order: str) -> Ints:
    # Least significant key first: the sorts are stable.
    for part in reversed(order.split(",") if order else []):
        name, _, direction = part.strip().partition(" ")
        values = table.column(name)
        if values is None:
            raise BadWhere(f"cannot order by {name!r}")
        descending = direction.strip().lower() == "desc"
        if values.dtype == object:
            keys = ["" if v is None else v for v in values[found].tolist()]
            places = sorted(range(len(found)), key=keys.__getitem__, reverse=descending)
            found = found[places]
        else:
            places = np.argsort(values[found], kind="stable")
            found = found[places[::-1] if descending else places]
    return found


def _aggregate(table: Table, found: Ints, select: str) -> Answer:
    function, name, alias = _AGGREGATE.match(select).groups()  # type: ignore[union-attr]
    if name == "*":
        return Answer(orjson.dumps([{alias or "count": str(len(found))}]))
    values = table.column(name)
    if values is None:
        raise BadWhere(f"no column {name!r}")
    known = [v for v in values[found].tolist() if v is not None]
    how = {"count": len, "min": min, "max": max}[function.lower()]
    field = alias or f"{function.lower()}_{name.replace(':', '_')}"
    return Answer(orjson.dumps([{field: str(how(known))} if known or how is len else {}]))
