"""Warehouses made as users make them: `bin/database`, the loaders' command line, `dbt build`."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

ROOT = Path(__file__).resolve().parents[2]
AS_OF = "2026-03-02"  # a Monday; day 0 of the sandbox county


@dataclass
class Warehouse:
    """One database on the server in use."""

    database: str
    as_of: str = AS_OF
    sandbox_url: str = ""

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "PGDATABASE": self.database,
            "AS_OF": self.as_of,
            "SANDBOX_URL": self.sandbox_url,
            "DO_NOT_TRACK": "1",
            # tests build beside the user's own target folder, and beside each other
            "DBT_TARGET_PATH": str(ROOT / ".local" / "tests" / self.database / "target"),
            "DBT_LOG_PATH": str(ROOT / ".local" / "tests" / self.database / "logs"),
        }

    def run(self, *command: str, ok: bool = True) -> str:
        """Run a command of the project; returns what it prints, errors included."""
        result = subprocess.run(
            ["bin/run", *command],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            check=False,
        )
        assert (result.returncode == 0) is ok, f"{command}: {result.returncode}\n{result.stdout}"
        return result.stdout

    def load(self, *arguments: str) -> str:
        return self.run("python", "-m", "loaders", "load", *arguments)

    def build(self, *arguments: str, ok: bool = True) -> str:
        return self.run("dbt", "build", *arguments, ok=ok)

    def connect(self, role: str = "wholesaler_transformer") -> psycopg.Connection[dict[str, Any]]:
        """Connect as every tool does: the login, then `set role`."""
        return psycopg.connect(
            dbname=self.database, options=f"-c role={role}", autocommit=True, row_factory=dict_row
        )

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self.connect() as connection:
            return connection.execute(query, values).fetchall()

    def value(self, query: str, *values: Any) -> Any:
        (row,) = self.rows(query, *values)
        (value,) = row.values()
        return value


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    """A sandbox county in a process of its own; yields its URL."""
    command = [sys.executable, "-m", "sandbox", "serve", "--port", "0", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            assert line.startswith("sandbox county ready at "), line
            yield line.split()[-1]
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def new_warehouse() -> Iterator[Callable[..., Warehouse]]:
    """Makes databases of the tests' own, gone after them."""
    made: list[str] = []

    def make(name: str, **settings: str) -> Warehouse:
        database = f"wholesaler_test_{name}_{os.getpid()}"
        subprocess.run(["bin/database", "create", database], cwd=ROOT, check=True)
        made.append(database)
        return Warehouse(database, **settings)

    yield make
    for database in made:
        subprocess.run(["bin/database", "drop", database], cwd=ROOT, check=True)


@pytest.fixture(scope="session")
def warehouse(new_warehouse: Callable[..., Warehouse]) -> Iterator[Warehouse]:
    """A county of 1,500 parcels, loaded and built once with all dbt tests. Tests leave it so."""
    with serving("--parcels", "1500", "--as-of", AS_OF) as url:
        warehouse = new_warehouse("built", sandbox_url=url)
        warehouse.load()
        warehouse.build()
        yield warehouse


@pytest.fixture(scope="session")
def recorded_folder() -> Path:
    folder = Path(os.environ.get("RECORDED_DIR", ROOT.parent / "shared" / "recorded"))
    if not (folder / "tax_sales.json").exists():
        pytest.skip("no recorded answers: set RECORDED_DIR to a folder with tax_sales.json")
    return folder


def arcgis_answer(*records: dict[str, Any], x: float | None = None, y: float | None = None) -> str:
    """A recorded ArcGIS query answer with these attributes, all at one point."""
    geometry = None if x is None else {"x": x, "y": y}
    features = [
        {"attributes": {"OBJECTID": number} | record, "geometry": geometry}
        for number, record in enumerate(records, start=1)
    ]
    return json.dumps({"objectIdFieldName": "OBJECTID", "features": features})
