"""Real servers in processes of their own, on free ports, and small clients for both protocols."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest
import requests

REPOSITORY = Path(__file__).resolve().parents[2]
AS_OF = "2026-03-02"  # a Monday


class Client:
    """One running sandbox."""

    LAYERS: ClassVar = {
        "tax_sales": "/0U8EQ1FrumPeIqDb/arcgis/rest/services/Tax_Sale_Data/FeatureServer/0",
        "foreclosures": "/arcgis/rest/services/Public_Dynamic/MapServer/44",
        "property_records": "/arcgis/rest/services/Public_Dynamic/MapServer/216",
    }
    CASES = "/resource/k6e8-nw6w.json"

    def __init__(self, url: str) -> None:
        self.url, self.http = url, requests.Session()

    def get(self, path: str, **asked: Any) -> requests.Response:
        return self.http.get(self.url + path, params=asked, timeout=30)

    def query(self, source: str, method: str = "GET", **asked: Any) -> requests.Response:
        """`<layer>/query` in JSON, all records unless told otherwise."""
        asked = {"f": "json", "where": "1=1", "outFields": "*", "outSR": "4326"} | asked
        url = f"{self.url}{self.LAYERS[source]}/query"
        if method == "POST":
            return self.http.post(url, data=asked, timeout=30)
        return self.http.get(url, params=asked, timeout=30)

    def soda(self, **asked: Any) -> requests.Response:
        """Rows of the code cases; parameters without their `$`. Blanks go as %20."""
        query = "&".join(
            f"${name}={requests.utils.quote(str(value), safe=':*,()')}"
            for name, value in asked.items()
        )
        return self.http.get(f"{self.url}{self.CASES}?{query}", timeout=30)

    def features(self, source: str, **asked: Any) -> list[dict[str, Any]]:
        """All features of a layer, page after page in id order."""
        found: list[dict[str, Any]] = []
        while True:
            asked["resultOffset"] = len(found)
            page = self.query(source, **{"orderByFields": self.id_field(source)} | asked).json()
            found += page["features"]
            if not page.get("exceededTransferLimit"):
                return found

    def attributes(self, source: str) -> list[dict[str, Any]]:
        return [f["attributes"] for f in self.features(source, returnGeometry="false")]

    def cases(self) -> list[dict[str, Any]]:
        return self.soda(select=":*,*", order=":id", limit=50000).json()

    def id_field(self, source: str) -> str:
        return "ObjectID" if source == "tax_sales" else "OBJECTID"

    def about(self) -> dict[str, Any]:
        return self.get("/sandbox/health").json()

    def counts(self) -> dict[str, int]:
        return self.about()["counts"]

    def to_day(self, day: int) -> None:
        self.http.post(f"{self.url}/sandbox/day/{day}", timeout=30).raise_for_status()

    def order_fault(self, **fault: Any) -> requests.Response:
        return self.http.post(f"{self.url}/sandbox/faults", json=fault, timeout=30)


@contextmanager
def running(*arguments: str, hash_seed: str = "0") -> Iterator[Client]:
    """A sandbox with these arguments, stopped at the end. Day 0 is AS_OF unless they say."""
    if not {"--as-of", "--from"} & set(arguments):
        arguments = ("--as-of", AS_OF, *arguments)
    command = [sys.executable, "-m", "sandbox", "serve", "--port", "0", *arguments]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    with subprocess.Popen(
        command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            assert line.startswith("sandbox county ready at http://127.0.0.1:"), line
            yield Client(line.split()[-1])
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def serve() -> Callable[..., Any]:
    return running


@pytest.fixture(scope="session")
def county() -> Iterator[Client]:
    """5,000 parcels on day 0. Tests that steer it use a server of their own."""
    with running("--parcels", "5000") as client:
        yield client


@pytest.fixture(scope="session")
def roll(county: Client) -> list[dict[str, Any]]:
    return county.attributes("property_records")


@pytest.fixture(scope="session")
def cases(county: Client) -> list[dict[str, Any]]:
    return county.cases()


@pytest.fixture(scope="session")
def recorded_folder() -> Path:
    folder = Path(os.environ.get("RECORDED_DIR", REPOSITORY.parent / "shared" / "recorded"))
    if not (folder / "tax_sales.json").exists():
        pytest.skip("no recorded answers: set RECORDED_DIR to a folder with tax_sales.json")
    return folder
