"""One published data set: the face both protocols read, whatever made the records."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import orjson

from sandbox.county.draws import Ints

CHUNK = 2048  # records rendered at once
CACHE_BYTES = 4_000_000_000  # a county of 2,000,000 parcels fits; a larger one renders again


@dataclass(frozen=True)
class Field:
    """A column as layer metadata names it; `type` is Esri's without its prefix."""

    name: str
    type: str

    def metadata(self) -> dict[str, Any]:
        described = {"name": self.name, "type": f"esriFieldType{self.type}", "alias": self.name}
        return described | ({"length": 255} if self.type == "String" else {})


def fields_of(type_: str, names: str) -> list[Field]:
    """Fields of one type from their names, parted by blanks."""
    return [Field(name, type_) for name in names.split()]


class Table(Protocol):
    """Records in the order of their ids. A position is an index into `ids`."""

    fields: Sequence[Field]
    id_field: str
    geometry_type: str
    ids: Ints
    orders: dict[tuple[str, str], Ints]  # (filter, order) -> positions, kept for the next page

    def records(self, positions: Ints) -> list[bytes]:
        """JSON objects of the records (attributes only)."""

    def geometries(self, positions: Ints) -> list[dict[str, Any] | None]:
        """Esri geometries in degrees (WGS84)."""

    def column(self, name: str) -> np.ndarray | None:
        """Values of one field for all records, None for an unknown field."""


class GeneratedTable:
    """Records made on demand from columns, rendered in chunks and kept as bytes."""

    def __init__(
        self,
        *,
        fields: Sequence[Field],
        id_field: str,
        ids: Ints,
        geometry_type: str = "",
        make: Callable[[Ints], Mapping[str, Sequence[Any]]],
        shape: Callable[[Ints], list[dict[str, Any] | None]] | None = None,
        quick: Mapping[str, Callable[[], np.ndarray]] | None = None,
        omit_nulls: bool = False,
    ) -> None:
        """`make(positions)` gives the columns in field order, `shape(positions)` the geometries.

        `quick` names columns that can be had for all records without rendering them.
        """
        self.fields, self.id_field, self.ids = fields, id_field, ids
        self.geometry_type = geometry_type
        self._make, self._shape, self._quick = make, shape, dict(quick or {})
        self._omit_nulls = omit_nulls
        self._chunks: OrderedDict[int, list[bytes]] = OrderedDict()
        self._bytes = 0
        self._columns: dict[str, np.ndarray] = {}
        self.orders: dict[tuple[str, str], Ints] = {}

    def records(self, positions: Ints) -> list[bytes]:
        found: list[bytes] = []
        chunks = positions // CHUNK
        # Runs of one chunk: a page in id order touches two chunks, so two slices.
        starts = np.flatnonzero(np.diff(chunks, prepend=-1))
        for start, end in zip(starts, [*starts[1:], len(positions)], strict=True):
            chunk = int(chunks[start])
            rendered = self._rendered(chunk)
            run = positions[start:end] - chunk * CHUNK
            if run[-1] - run[0] + 1 == len(run) and (np.diff(run) == 1).all():
                found += rendered[run[0] : run[-1] + 1]
            else:
                found += [rendered[place] for place in run.tolist()]
        return found

    def geometries(self, positions: Ints) -> list[dict[str, Any] | None]:
        return self._shape(positions) if self._shape else [None] * len(positions)

    def column(self, name: str) -> np.ndarray | None:
        if name == self.id_field:
            return self.ids
        if name in self._quick and name not in self._columns:
            self._columns[name] = self._quick[name]()
        if name in self._columns:
            return self._columns[name]
        if name not in {field.name for field in self.fields}:
            return None
        values: list[Any] = []
        for start in range(0, len(self.ids), CHUNK):
            positions = np.arange(start, min(start + CHUNK, len(self.ids)))
            values += list(self._make(positions)[name])
        return np.array(values, dtype=object)

    def warm(self) -> None:
        """Render everything now, so that a benchmark measures its reader alone."""
        for chunk in range(-(-len(self.ids) // CHUNK)):
            self._rendered(chunk)

    def _rendered(self, chunk: int) -> list[bytes]:
        if chunk in self._chunks:
            return self._chunks[chunk]
        positions = np.arange(chunk * CHUNK, min((chunk + 1) * CHUNK, len(self.ids)))
        columns = self._make(positions)
        names, values = list(columns), zip(*columns.values(), strict=True)
        rows = [dict(zip(names, row, strict=True)) for row in values]
        if self._omit_nulls:
            rows = [{k: v for k, v in row.items() if v is not None} for row in rows]
        # One call for all is three times as fast as one a record. Flat records of our own words
        # hold no braces, so this split is exact.
        rendered = [b"{%b}" % row for row in orjson.dumps(rows)[2:-2].split(b"},{")]
        self._chunks[chunk] = rendered
        self._bytes += sum(map(len, rendered))
        while self._bytes > CACHE_BYTES:
            _, dropped = self._chunks.popitem(last=False)
            self._bytes -= sum(map(len, dropped))
        return rendered
