"""One warehouse that lives through days of the county, for tests that change it."""

import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from ..conftest import AS_OF, Warehouse, serving


@dataclass
class LivingWarehouse(Warehouse):
    """A warehouse whose county moves on from day to day; no test may count on a certain day."""

    day: int = 0

    def next_day(self) -> None:
        """The county publishes its next day, and the run date follows. Nothing is loaded yet."""
        self.day += 1
        self.as_of = str(date.fromisoformat(AS_OF) + timedelta(days=self.day))
        url = f"{self.sandbox_url}/sandbox/day/{self.day}"
        urllib.request.urlopen(urllib.request.Request(url, method="POST")).close()

    def build_models(self, *arguments: str) -> str:
        """`dbt build` as in production, without unit tests."""
        return self.build("--exclude-resource-type", "unit_test", *arguments)


@pytest.fixture(scope="session")
def living_warehouse(new_warehouse: Callable[..., Warehouse]) -> Iterator[LivingWarehouse]:
    with serving("--parcels", "1500", "--as-of", AS_OF) as url:
        made = new_warehouse("days", sandbox_url=url)
        warehouse = LivingWarehouse(made.database, sandbox_url=url)
        warehouse.load()
        warehouse.build_models()
        yield warehouse
