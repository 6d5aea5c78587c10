"""Recorded answers from a folder, served by the same protocol code as generated ones."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from sandbox.county import code_cases, foreclosures, roll, tax_sales
from sandbox.county.draws import Ints
from sandbox.soda import SYSTEM_FIELDS
from sandbox.table import Field, Table

POINT = "esriGeometryPoint"
ARCGIS_FIELDS = {
    "tax_sales": tax_sales.FIELDS,
    "foreclosures": foreclosures.FIELDS,
    "property_records": roll.FIELDS,
}


class BadRecording(ValueError):
    """A file that is not a recorded answer."""


class RecordedTable:
    """Records as recorded, sorted by id."""

    def __init__(
        self,
        fields: Sequence[Field],
        id_field: str,
        geometry_type: str,
        ids: Sequence[int],
        rows: list[dict[str, Any]],
        shapes: list[dict[str, Any] | None],
    ) -> None:
        order = np.argsort(np.array(ids, dtype=np.int64), kind="stable")
        self.fields, self.id_field, self.geometry_type = fields, id_field, geometry_type
        self.orders: dict[tuple[str, str], Ints] = {}
        self.ids: Ints = np.array(ids, dtype=np.int64)[order]
        self._rows = [rows[i] for i in order.tolist()]
        self._shapes = [shapes[i] for i in order.tolist()]

    def records(self, positions: Ints) -> list[bytes]:
        return [orjson.dumps(self._rows[i]) for i in positions.tolist()]

    def geometries(self, positions: Ints) -> list[dict[str, Any] | None]:
        return [self._shapes[i] for i in positions.tolist()]

    def column(self, name: str) -> np.ndarray | None:
        if name == self.id_field:
            return self.ids
        if name not in {field.name for field in self.fields}:
            return None
        values = np.empty(len(self._rows), dtype=object)
        values[:] = [row.get(name) for row in self._rows]
        return values


def read(folder: Path, as_of: date) -> dict[str, Table]:
    """The four tables of a folder; a missing file is an empty layer.

    Raises:
        BadRecording: a file is not an ArcGIS query answer, or not a SODA array.
    """
    tables: dict[str, Table] = {
        source: _arcgis(folder / f"{source}.json", fields)
        for source, fields in ARCGIS_FIELDS.items()
    }
    tables["code_violations"] = _soda(folder / "code_violations.json", as_of)
    return tables


def _load(path: Path) -> Any:
    if not path.exists():
        return None
    try:
        return orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise BadRecording(f"{path}: not JSON: {error}") from error


def _arcgis(path: Path, usual: Sequence[Field]) -> RecordedTable:
    answer = _load(path)
    if answer is None:
        return RecordedTable(usual, usual[0].name, POINT, [], [], [])
    try:
        rows = [dict(feature["attributes"]) for feature in answer["features"]]
        shapes = [feature.get("geometry") for feature in answer["features"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise BadRecording(f"{path}: not an ArcGIS query answer with features") from error
    names = list(dict.fromkeys(name for row in rows for name in row))
    # The answer's own objectIdFieldName may be spelled unlike the attribute.
    id_field = next((n for n in names if n.lower() == usual[0].name.lower()), usual[0].name)
    ids = [row.setdefault(id_field, number) for number, row in enumerate(rows, start=1)]
    if len(set(ids)) < len(ids):
        raise BadRecording(f"{path}: {id_field} is not unique")
    types = {field["name"]: field["type"] for field in answer.get("fields") or []}
    known = {field.name: field for field in usual}
    fields = [
        Field(name, types[name].removeprefix("esriFieldType"))
        if name in types
        else known.get(name) or Field(name, _type_of(name, rows))
        for name in dict.fromkeys([id_field, *names])
    ]
    geometry_type = answer.get("geometryType", POINT)
    return RecordedTable(fields or usual, id_field, geometry_type, ids, rows, shapes)


def _type_of(name: str, rows: list[dict[str, Any]]) -> str:
    value = next((row[name] for row in rows if row.get(name) is not None), "")
    return (
        "Integer" if isinstance(value, int) else "Double" if isinstance(value, float) else "String"
    )


def _soda(path: Path, as_of: date) -> RecordedTable:
    rows = _load(path) or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadRecording(f"{path}: not a SODA array of objects")
    moment = f"{as_of.isoformat()}T06:00:00.000Z"
    rows = [
        dict(zip(SYSTEM_FIELDS, (f"row-{number:07d}", moment, moment), strict=True)) | row
        for number, row in enumerate(rows)
    ]
    known = {field.name: field for field in code_cases.FIELDS}
    names = dict.fromkeys([*known, *(name for row in rows for name in row)])
    fields = [known.get(name) or Field(name, "String") for name in names]
    return RecordedTable(fields, "", "", range(len(rows)), rows, [None] * len(rows))
