"""ArcGIS REST, as the county's MapServer and Esri's hosted FeatureServer answer it.

Differences between the two kept here: the MapServer sits behind a filter that refuses `<`, `>` and
long GET queries with an HTML page; the hosted layer does not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import orjson

from sandbox.county.draws import Ints
from sandbox.county.geography import to_state_plane
from sandbox.table import Table
from sandbox.where import BadWhere, matching

LONGEST_GET_QUERY = 2048  # bytes; measured by others between 80 and 120 parcel ids
WGS84, STATE_PLANE = 4326, 2236


@dataclass(frozen=True)
class Layer:
    """How one layer is published."""

    path: str
    name: str
    layer_id: int
    max_record_count: int = 1000
    behind_filter: bool = True


@dataclass(frozen=True)
class Answer:
    """An HTTP answer before it is sent."""

    body: bytes
    status: int = 200
    media_type: str = "application/json"
    is_page: bool = False  # holds records


def forbidden() -> Answer:
    """What the filter in front of a county server says: HTML, never JSON."""
    page = b"<html><head><title>403 - Forbidden: Access is denied.</title></head><body><h2>403</h2>"
    return Answer(page + b"</body></html>", 403, "text/html")


def failed(code: int, message: str, detail: str) -> Answer:
    """ArcGIS reports errors inside an HTTP 200."""
    body = {"error": {"code": code, "message": message, "details": [detail]}}
    return Answer(orjson.dumps(body))


def describe(layer: Layer, table: Table) -> Answer:
    """Layer metadata (`<layer>?f=json`)."""
    return Answer(
        orjson.dumps(
            {
                "currentVersion": 10.91 if layer.behind_filter else 11.3,
                "id": layer.layer_id,
                "name": layer.name,
                "type": "Feature Layer",
                "geometryType": table.geometry_type,
                "objectIdField": table.id_field,
                "maxRecordCount": layer.max_record_count,
                "supportedQueryFormats": "JSON",
                "capabilities": "Map,Query,Data" if layer.behind_filter else "Query",
                "supportsStatistics": True,
                "advancedQueryCapabilities": {
                    "supportsPagination": True,
                    "supportsOrderBy": True,
                    "supportsStatistics": True,
                },
                "fields": [field.metadata() for field in table.fields],
            }
        )
    )


def query(layer: Layer, table: Table, asked: Mapping[str, str], get_query: str = "") -> Answer:
    """`<layer>/query`.

    Args:
        asked: parameters of the query string or the form.
        get_query: the raw query string of a GET, empty for a POST.
    """
    if layer.behind_filter and (
        len(get_query) > LONGEST_GET_QUERY or any(c in asked.get("where", "") for c in "<>")
    ):
        return forbidden()
    if asked.get("f") not in ("json", "pjson"):
        return Answer(b"<html><body>Query form (f=html)</body></html>", 200, "text/html")
    try:
        return _Query(layer, table, asked).answer()
    except (BadWhere, ValueError, KeyError, TypeError) as error:
        return failed(400, "Unable to complete operation.", f"Unable to perform query. {error}")


def _flag(asked: Mapping[str, str], name: str, default: bool = False) -> bool:
    return asked.get(name, str(default)).lower() == "true"


class _Query:
    def __init__(self, layer: Layer, table: Table, asked: Mapping[str, str]) -> None:
        self.layer, self.table, self.asked = layer, table, asked

    def answer(self) -> Answer:
        found = self._found()
        if _flag(self.asked, "returnCountOnly"):
            return Answer(orjson.dumps({"count": len(found)}))
        if _flag(self.asked, "returnIdsOnly"):
            ids = self.table.ids[found].tolist() or None
            return Answer(
                orjson.dumps({"objectIdFieldName": self.table.id_field, "objectIds": ids})
            )
        if self.asked.get("outStatistics"):
            return self._statistics(found)
        return self._page(found)

    def _found(self) -> Ints:
        """Positions of the records asked for, in id order."""
        where, ids = self.asked.get("where"), self.asked.get("objectIds")
        if not where and not ids:
            raise BadWhere("'where' or 'objectIds' is required")
        mask = matching(where or "1=1", self._column, len(self.table.ids))
        if ids:
            mask &= np.isin(self.table.ids, [int(id_) for id_ in ids.split(",")])
        return np.flatnonzero(mask)

    def _column(self, name: str) -> np.ndarray | None:
        """Field names are case-insensitive in `where`."""
        spelled = {field.name.lower(): field.name for field in self.table.fields}
        return self.table.column(spelled.get(name.lower(), name))

    def _ordered(self, found: Ints, offset: int) -> Ints:
        order = self.asked.get("orderByFields", "").strip()
        if not order:
            # Without an order each page may come from another plan: pages then overlap and miss.
            return np.roll(found, offset // 3)
        name, _, direction = order.partition(" ")
        values = self._column(name)
        if values is None:
            raise BadWhere(f"cannot order by {order!r}")
        if values is not self.table.ids:
            keys = [(v is not None, v) for v in values[found].tolist()]
            found = found[sorted(range(len(found)), key=keys.__getitem__)]
        return found[::-1] if direction.strip().upper() == "DESC" else found

    def _page(self, found: Ints) -> Answer:
        offset = int(self.asked.get("resultOffset") or 0)
        limit = int(self.asked.get("resultRecordCount") or self.layer.max_record_count)
        if offset < 0 or limit < 0:
            raise BadWhere("resultOffset and resultRecordCount must not be negative")
        limit = min(limit, self.layer.max_record_count)
        positions = self._ordered(found, offset)[offset : offset + limit]
        out_sr = int(self.asked.get("outSR") or STATE_PLANE)
        head = {
            "objectIdFieldName": self.table.id_field,
            "displayFieldName": self.table.fields[min(1, len(self.table.fields) - 1)].name,
            "geometryType": self.table.geometry_type,
            "spatialReference": {"wkid": out_sr, "latestWkid": out_sr},
            "fields": [field.metadata() for field in self._fields()],
        }
        if offset + limit < len(found):
            head["exceededTransferLimit"] = True
        body = (
            orjson.dumps(head)[:-1] + b',"features":[' + self._features(positions, out_sr) + b"]}"
        )
        return Answer(body, is_page=True)

    def _fields(self) -> list[Any]:
        wanted = self.asked.get("outFields", "*").replace(" ", "")
        if wanted == "*":
            return list(self.table.fields)
        known = {field.name.lower(): field for field in self.table.fields}
        missing = [name for name in wanted.split(",") if name.lower() not in known]
        if missing:
            raise BadWhere(f"no field {missing[0]!r}")
        return [known[name.lower()] for name in wanted.split(",")]

    def _features(self, positions: Ints, out_sr: int) -> bytes:
        if not len(positions):
            return b""
        records = self.table.records(positions)
        fields = self._fields()
        if len(fields) < len(self.table.fields):
            names = [field.name for field in fields]
            whole = map(orjson.loads, records)
            records = [orjson.dumps({name: row.get(name) for name in names}) for row in whole]
        if not _flag(self.asked, "returnGeometry", default=True):
            return b'{"attributes":' + b'},{"attributes":'.join(records) + b"}"
        shapes = (_projected(shape, out_sr) for shape in self.table.geometries(positions))
        return b",".join(
            b'{"attributes":' + record + b',"geometry":' + orjson.dumps(shape) + b"}"
            for record, shape in zip(records, shapes, strict=True)
        )

    def _statistics(self, found: Ints) -> Answer:
        row = {}
        for asked in orjson.loads(self.asked["outStatistics"]):
            values = self._column(asked["onStatisticField"])
            if values is None:
                raise BadWhere(f"no field {asked['onStatisticField']!r}")
            known = [v for v in values[found].tolist() if v is not None]
            how = {"count": len, "min": min, "max": max}[asked["statisticType"]]
            row[asked["outStatisticFieldName"]] = how(known) if known or how is len else None
        return Answer(orjson.dumps({"features": [{"attributes": row}]}))


def _projected(shape: dict[str, Any] | None, out_sr: int) -> dict[str, Any] | None:
    """A geometry in degrees (4326) or, as these layers answer by default, in feet (2236)."""
    if out_sr not in (WGS84, STATE_PLANE):
        raise BadWhere(f"outSR {out_sr} is not served here, ask for 4326 or 2236")
    if shape is None or out_sr == WGS84:
        return shape
    if "rings" in shape:
        return {"rings": [[_feet(*corner) for corner in ring] for ring in shape["rings"]]}
    return dict(zip("xy", _feet(shape["x"], shape["y"]), strict=True))


def _feet(lon: float, lat: float) -> list[float]:
    return [round(float(v), 4) for v in to_state_plane(np.float64(lon), np.float64(lat))]


def with_page_size(layer: Layer, max_record_count: int | None) -> Layer:
    """The same layer with another page limit (benchmarks)."""
    return replace(layer, max_record_count=max_record_count) if max_record_count else layer
