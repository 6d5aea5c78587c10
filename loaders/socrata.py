"""Reads a SODA 2.1 resource of a Socrata portal. https://dev.socrata.com/docs/endpoints"""

from collections.abc import Iterator
from typing import Any, TypedDict

import msgspec
import orjson
from dlt.sources.helpers.rest_client.client import PageData
from dlt.sources.helpers.rest_client.paginators import BasePaginator
from requests import Request, Response

from loaders.errors import UnstablePaging
from loaders.http import CountyServer
from loaders.parsing import Page, Record
from loaders.reading import Description, read_to_the_end
from loaders.registry import Source
from loaders.settings import Settings

# Socrata resets all of these when a data set is published again, so they say nothing about content
SYSTEM_FIELDS = frozenset({":id", ":created_at", ":updated_at", ":version"})
SAMPLE_SIZE = 100
SMALLEST_SHARE_OF_PAGE = 8
OUTLINE = msgspec.json.Decoder(list[TypedDict("row", {":id": str})])


class OverlappingOffsets(BasePaginator):
    """Pages by offset in the order of `:id`, each beginning with the last row of the one before.

    That one row shows whether the list moved between two requests. Without it a row deleted
    meanwhile would make the next page skip another one, and the count would still agree.
    """

    def __init__(self, page_size: int) -> None:
        super().__init__()
        self.page_size = page_size
        self.smallest_page = max(2, page_size // SMALLEST_SHARE_OF_PAGE)
        self.received = 0
        self.announced = 0
        self.last_id: str | None = None

    def init_request(self, request: Request) -> None:
        self._has_next_page = True
        self.update_request(request)

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        if data and self.last_id is not None:
            if data[0][":id"] != self.last_id:
                raise UnstablePaging(
                    "The data set changed while it was read. Nothing was changed; load it again."
                )
            del data[0]  # already yielded with the page before
        if not data:
            self._has_next_page = False
            return
        self.last_id = data[-1][":id"]
        self.received += len(data)

    def update_request(self, request: Request) -> None:
        request.params = {
            **request.params,
            "$order": ":id",
            "$limit": self.page_size,
            "$offset": max(0, self.received - 1),
        }

    def halve_page(self) -> bool:
        if self.page_size // 2 < self.smallest_page:
            return False
        self.page_size //= 2
        return True


class SocrataReader:
    """One resource, all fields and the system fields.

    Args:
        source: registry entry of kind socrata.
        settings: app token (optional), retries, pauses, sandbox.
        updated_since: only rows with this `:updated_at` or a later one; None for all rows.
    """

    volatile_fields = SYSTEM_FIELDS

    def __init__(
        self, source: Source, settings: Settings, updated_since: str | None = None
    ) -> None:
        token = settings.socrata_app_token
        headers = {"X-App-Token": token.get_secret_value()} if token else {}
        self._settings = settings
        self._server = CountyServer(source.url_in(settings.sandbox_url), settings, headers)
        self._filter = {"$where": f":updated_at >= '{updated_since}'"} if updated_since else {}
        self.position = OverlappingOffsets(
            max(2, min(source.page_size, settings.etl_batch_size or source.page_size))
        )

    def describe(self) -> Description:
        """Field names from the answer's header, or from a sample: rows leave out empty fields."""
        sample = self._server.get("", {"$select": ":*,*", "$order": ":id", "$limit": SAMPLE_SIZE})
        names = {name for row in sample.json() for name in row}
        names |= set(orjson.loads(sample.headers.get("X-SODA2-Fields", "[]")))
        return Description(frozenset(names), self.position.page_size)

    def count(self) -> int:
        rows = self._server.get("", {"$select": "count(*)", **self._filter}).json()
        return int(next(iter(rows[0].values())))

    def pages(self) -> Iterator[Page]:
        def read_on() -> Iterator[PageData[Record]]:
            params = {"$select": ":*,*", **self._filter}
            return self._server.paginate(
                "", params, paginator=self.position, data_selector="$", outline=OUTLINE
            )

        return read_to_the_end(read_on, self.position, self.count, self._settings)
