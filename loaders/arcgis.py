"""Reads a layer of an ArcGIS FeatureServer or MapServer.

https://developers.arcgis.com/rest/services-reference/enterprise/query-feature-service-layer/
"""

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import Any, NotRequired, TypedDict

import msgspec
from dlt.sources.helpers.rest_client.client import PageData
from dlt.sources.helpers.rest_client.paginators import BasePaginator
from requests import Request, Response

from loaders.errors import IncompleteRead, UnstablePaging
from loaders.http import CountyServer
from loaders.parsing import Page, Record
from loaders.reading import Description, read_to_the_end
from loaders.registry import Source
from loaders.settings import Settings

LARGEST_OBJECT_ID = 2**31 - 1
SMALLEST_SHARE_OF_PAGE = 8


class ObjectIdRanges(BasePaginator):
    """Pages by object id: each request asks for what follows the last id received.

    Not `resultOffset`: deep offsets are refused by some servers, ignored by old ones, and skip a
    record when another one is deleted meanwhile. Not `OBJECTID > k` either: the filter in front of
    the county's server answers that with 403, `BETWEEN` passes. `exceededTransferLimit` is not
    looked at, servers leave it out or lie; an empty page ends the paging.
    """

    def __init__(self, id_field: str, page_size: int) -> None:
        super().__init__()
        self.id_field = id_field
        self.page_size = page_size
        self.smallest_page = max(1, page_size // SMALLEST_SHARE_OF_PAGE)
        self.next_id = 0
        self.received = 0
        self.announced = 0

    def init_request(self, request: Request) -> None:
        self._has_next_page = True
        self.update_request(request)

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        if not data:
            self._has_next_page = False
            return
        ids = [self._object_id(feature) for feature in data]
        if ids[0] < self.next_id or any(a >= b for a, b in pairwise(ids)):
            raise UnstablePaging(
                f"The layer sends ids {ids[0]}..{ids[-1]} where ids from {self.next_id} on were "
                "asked for in rising order. It cannot be paged safely; nothing was changed."
            )
        self.next_id = ids[-1] + 1
        self.received += len(ids)

    def update_request(self, request: Request) -> None:
        request.params = {
            **request.params,
            "where": f"{self.id_field} BETWEEN {self.next_id} AND {LARGEST_OBJECT_ID}",
            "orderByFields": self.id_field,
            "resultRecordCount": self.page_size,
        }

    def halve_page(self) -> bool:
        """Some servers fail well below the page size they advertise."""
        if self.page_size // 2 < self.smallest_page:
            return False
        self.page_size //= 2
        return True

    def _object_id(self, feature: Record) -> int:
        attributes = feature["attributes"]
        if self.id_field not in attributes:  # the metadata may spell it differently
            spellings = [name for name in attributes if name.lower() == self.id_field.lower()]
            if not spellings:
                raise UnstablePaging(f"The layer's records lack its object id {self.id_field}.")
            self.id_field = spellings[0]
        return attributes[self.id_field]


class ArcgisReader:
    """One layer, all fields, every record.

    Args:
        source: registry entry of kind arcgis.
        settings: retries, pauses, and the sandbox to ask instead of the public host.
    """

    def __init__(self, source: Source, settings: Settings) -> None:
        self._source = source
        self._settings = settings
        self._server = CountyServer(source.url_in(settings.sandbox_url), settings)

    @cached_property
    def _layer(self) -> dict[str, Any]:
        return self._server.get("", {"f": "json"}).json()

    @cached_property
    def position(self) -> ObjectIdRanges:
        fields = self._layer.get("fields") or []
        by_type = [f["name"] for f in fields if f.get("type") == "esriFieldTypeOID"]
        id_field = self._layer.get("objectIdField") or (by_type or ["OBJECTID"])[0]
        return ObjectIdRanges(id_field, self.describe().page_size)

    @property
    def volatile_fields(self) -> frozenset[str]:
        """The object id is renumbered when a layer is published again."""
        return frozenset({self.position.id_field})

    def describe(self) -> Description:
        limits = [
            self._source.page_size,
            self._settings.etl_batch_size,
            self._layer.get("maxRecordCount"),
        ]
        return Description(
            field_names=frozenset(f["name"] for f in self._layer.get("fields") or []),
            page_size=min(limit for limit in limits if limit),
        )

    def count(self) -> int:
        params = {"f": "json", "where": "1=1", "returnCountOnly": "true"}
        answer = self._server.get("query", params).json()
        if "count" not in answer:
            raise IncompleteRead(
                "The layer does not say how many records it has; nothing was read."
            )
        return int(answer["count"])

    def pages(self) -> Iterator[Page]:
        params = {"f": "json", "outFields": "*", "returnGeometry": "false"}
        if self._source.geometry:
            params |= {"returnGeometry": "true", "outSR": "4326"}

        def read_on() -> Iterator[PageData[Record]]:
            return self._server.paginate(
                "query",
                params,
                paginator=self.position,
                data_selector="features",
                outline=page_outline(self.position.id_field),
            )

        return read_to_the_end(read_on, self.position, self.count, self._settings)


def page_outline(id_field: str) -> msgspec.json.Decoder[Any]:
    """Of a page, the records' object ids; and an error, which a server may send beside records."""

    class Feature(TypedDict):
        attributes: TypedDict("Attributes", {id_field: int})

    class FeaturePage(TypedDict):
        features: list[Feature]
        error: NotRequired[Any]

    return msgspec.json.Decoder(FeaturePage)
