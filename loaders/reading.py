"""What the readers of both protocols share: their interface, and when a read is complete."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from dlt.sources.helpers.rest_client.client import PageData

from loaders.errors import IncompleteRead
from loaders.http import SourceRefused
from loaders.parsing import Page, Record
from loaders.settings import Settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Description:
    """What a source says about itself."""

    field_names: frozenset[str]
    page_size: int


class Reader(Protocol):
    """Reads one source of one county once."""

    volatile_fields: frozenset[str]
    """Fields of the protocol that change without the content changing."""

    @property
    def position(self) -> "Position": ...

    def describe(self) -> Description: ...

    def count(self) -> int:
        """Number of records the server announces for the same filter."""
        ...

    def pages(self) -> Iterator[Page]:
        """All records, a page at a time; raises IncompleteRead rather than ending early."""
        ...


class Position(Protocol):
    """A paginator that can go on from where it was interrupted."""

    received: int
    """Distinct records so far."""
    announced: int
    """Records the server counted when it was last asked."""

    def halve_page(self) -> bool:
        """Ask for half as many records from now on; False if the page is small already."""
        ...


def read_to_the_end(
    read_on: Callable[[], Iterator[PageData[Record]]],
    position: Position,
    count: Callable[[], int],
    settings: Settings,
) -> Iterator[Page]:
    """Pages until the server has nothing more AND has sent as many records as it announces.

    An empty page alone proves nothing: servers also send one in error. The count is asked after
    the last page, so records added while reading are either received or make the read fail.

    Raises:
        IncompleteRead: records are missing after asking again from the last position.
        SourceRefused: an error that retries and smaller pages did not get past.
    """
    for attempt in range(settings.etl_max_retries + 1):
        while True:
            try:
                yield from (Page(page.response.content, len(page)) for page in read_on() if page)
                break
            except SourceRefused as refusal:
                if not (refusal.overloaded and position.halve_page()):
                    raise
                logger.warning("%s; asking for smaller pages", refusal)
        position.announced = count()
        if position.received >= position.announced:
            return
        time.sleep(settings.etl_retry_delay_seconds * 2**attempt)
    raise IncompleteRead(
        f"The source announces {position.announced:,} records but sent {position.received:,}. "
        "Nothing was changed; load it again later."
    )
