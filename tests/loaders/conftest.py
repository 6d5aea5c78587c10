"""A database of its own, and a county to publish records in: the real sandbox over real HTTP."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from loaders.run import load_source
from loaders.runs import RunResult
from sandbox.app import LAYERS, County, create_app
from sandbox.faults import Fault
from sandbox.recorded import read
from tests.loaders.published_records import ORANGE, Record

REPOSITORY = Path(__file__).resolve().parents[2]
AS_OF = date(2026, 3, 2)


@pytest.fixture(scope="session")
def database_environment() -> Iterator[dict[str, str]]:
    """PG* variables of a database made for this session by the project's own scripts."""
    name = f"test_loaders_{os.getpid()}"
    environment = {**os.environ, "PGDATABASE": name}
    script = f'bin/database create {name} >&2 && eval "$(bin/env)" && env | grep ^PG'
    made = subprocess.run(
        ["bash", "-c", script], cwd=REPOSITORY, env=environment, capture_output=True, text=True
    )
    assert made.returncode == 0, f"no database for the tests (make up?):\n{made.stderr}"
    yield dict(line.split("=", 1) for line in made.stdout.splitlines())
    subprocess.run(["bin/database", "drop", name], cwd=REPOSITORY, env=environment, check=True)


class Database:
    """Looks into the database as the loader."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._conninfo = psycopg.conninfo.make_conninfo(
            host=environment["PGHOST"],
            port=environment["PGPORT"],
            user=environment["PGUSER"],
            password=environment.get("PGPASSWORD"),
            dbname=environment["PGDATABASE"],
            options="-c role=wholesaler_loader",
        )

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self._conninfo, autocommit=True)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            return connection.execute(query, values or None).fetchall()

    def value(self, query: str, *values: Any) -> Any:
        return self.rows(query, *values)[0][0]

    def execute(self, statement: str) -> None:
        with self.connect() as connection:
            connection.execute(statement)

    def current(self, source: str, county: str = ORANGE) -> list[tuple[str, Record]]:
        """(source key, payload) of the current rows."""
        return self.rows(
            f"select source_key, payload from raw.{source} "
            "where county_fips = %s and _dlt_valid_to is null order by payload_hash",
            county,
        )

    def last_run(self) -> dict[str, Any]:
        with self.connect() as connection:
            cursor = connection.cursor(row_factory=psycopg.rows.dict_row)
            cursor.execute("select * from ops.ingestion_runs order by started_at desc limit 1")
            return cursor.fetchone()

    def wait_until(self, query: str, seconds: float = 20) -> None:
        """Until the query returns true."""
        deadline = time.monotonic() + seconds
        while not self.value(query):
            assert time.monotonic() < deadline, f"waited in vain for: {query}"
            time.sleep(0.05)


@pytest.fixture
def database(database_environment: dict[str, str]) -> Database:
    """The session's database without records and runs."""
    database = Database(database_environment)
    database.execute(
        "truncate raw.tax_sales, raw.foreclosures, raw.property_records, raw.code_violations, "
        "raw.rejected_records"
    )
    database.execute("delete from ops.ingestion_runs")
    return database


class Tamper:
    """Between the sandbox and the wire: changes answers in ways a fault of the sandbox cannot.

    `change(target, document)` gets 'path?query' and the parsed answer, and returns what to send;
    `rewrite(body)` does so with the bytes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.change: Callable[[str, Any], Any] | None = None
        self.rewrite: Callable[[bytes], bytes] | None = None
        self.requests: list[tuple[str, dict[str, str]]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        target = f"{scope['path']}?{scope['query_string'].decode()}"
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.requests.append((target, headers))
        if not self.change and not self.rewrite:
            await self.app(scope, receive, send)
            return
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, keep)
        start, body = messages[0], b"".join(m.get("body", b"") for m in messages[1:])
        if self.change:
            body = json.dumps(self.change(target, json.loads(body))).encode()
        if self.rewrite:
            body = self.rewrite(body)
        start["headers"] = [h for h in start["headers"] if h[0] != b"content-length"]
        await send(start)
        await send({"type": "http.response.body", "body": body})


class CountyServer:
    """A county whose published records a test decides."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.county = County({"as_of": AS_OF.isoformat()}, read(folder, AS_OF))
        self.tamper = Tamper(create_app(self.county, max_record_count=1000))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._server = uvicorn.Server(
            uvicorn.Config(self.tamper, port=port, log_level="error", timeout_graceful_shutdown=1)
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()

    def publish(self, source: str, records: list[Record]) -> None:
        """Replace what a layer or data set holds: attributes, with `geometry` beside them."""
        if source in LAYERS:
            features = [
                {
                    "attributes": {k: v for k, v in r.items() if k != "geometry"},
                    "geometry": r.get("geometry"),
                }
                for r in records
            ]
            document: Any = {"features": features}
        else:
            document = records
        (self._folder / f"{source}.json").write_text(json.dumps(document))
        self.county.tables = read(self._folder, AS_OF)

    def fault(self, kind: str, times: int = 1, after: int = 0, **more: Any) -> None:
        """Spoil the next pages of records (not metadata, not counts)."""
        target = more.pop("path_contains", "BETWEEN")
        self.county.faults.append(
            Fault(kind=kind, path_contains=target, times=times, after=after, **more)
        )

    @property
    def targets(self) -> list[str]:
        return [target for target, _ in self.tamper.requests]


@pytest.fixture
def county(tmp_path: Path) -> Iterator[CountyServer]:
    folder = tmp_path / "published"
    folder.mkdir()
    server = CountyServer(folder)
    yield server
    server.stop()


@pytest.fixture
def environment(
    database: Database,
    county: CountyServer,
    database_environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, str]:
    """Settings for loads from `county` into `database`, with small pages and short waits."""
    settings = {
        **database_environment,
        "SANDBOX_URL": county.url,
        "ETL_BATCH_SIZE": "100",
        "ETL_MAX_RETRIES": "3",
        "ETL_RETRY_DELAY_SECONDS": "0.01",
        "ETL_REQUEST_TIMEOUT_SECONDS": "1",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return {**os.environ, **settings}


@pytest.fixture
def load(environment: dict[str, str]) -> Callable[..., RunResult]:
    """Load a source of Orange County in this process."""

    def run(source: str = "property_records", county: str = ORANGE, **more: Any) -> RunResult:
        return load_source(county, source, **more)

    return run


@pytest.fixture
def start_loader(environment: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `python -m loaders ...` as a process of its own."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **variables: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "loaders", *arguments],
            cwd=REPOSITORY,
            env={**environment, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()
