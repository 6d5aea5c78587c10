"""One run: its settings, its folder, what it measured so far."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console

from benchmarks.goals import Step
from benchmarks.measure import ROOT, Usage, run_command, wal_of_block

FIRST_DAY = date(2026, 3, 2)  # a Monday; the same county in every run
LOG_WIDTH = 150  # in a log file nothing else limits a table


def make_console() -> Console:
    """A console whose tables stay readable in a log file."""
    plain = Console()
    return plain if plain.is_terminal else Console(width=LOG_WIDTH)


@dataclass
class Bench:
    """A county of `size` parcels in the database of PG*, and the steps measured on it."""

    size: int
    console: Console = field(default_factory=make_console)
    steps: list[Step] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    sandbox_url: str = ""
    with_floors: bool = True
    """False: only what growth is told by, landing and full build."""

    @property
    def folder(self) -> Path:
        """Logs and dbt's files of this run, under .local."""
        folder = ROOT / ".local" / "bench" / os.environ["PGDATABASE"]
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def connect(self, role: str = "wholesaler_transformer") -> psycopg.Connection:
        """Connect as every tool does: the login, then the role."""
        return psycopg.connect(options=f"-c role={role}", autocommit=True)

    def environment(self, day: int) -> dict[str, str]:
        """What loader and dbt are given on a day of the county."""
        return {
            "SANDBOX_URL": self.sandbox_url,
            "AS_OF": (FIRST_DAY + timedelta(days=day)).isoformat(),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
        }

    def measured(self, command: list[str | Path], log: str, env: dict[str, str]) -> Usage:
        """Run a command: wall seconds, its peak memory and the server's WAL in MiB."""
        with self.connect() as connection, wal_of_block(connection) as wal:
            usage = run_command(command, self.folder / f"{log}.log", env)
        usage.wal_mb = wal.wal_mb
        return usage

    def vacuum(self) -> None:
        """What autovacuum does in a night; left to it, its WAL falls into some figure or none."""
        for owner in ("wholesaler_loader", "wholesaler_transformer"):
            with self.connect(owner) as connection:
                connection.execute("vacuum (analyze)")

    def add(self, step: Step) -> Step:
        self.steps.append(step)
        return step

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """A line as it starts, and one with the wall seconds as it ends."""
        self.console.print(f"[cyan]start[/]  {what}", highlight=False)
        started = time.monotonic()
        yield
        seconds = time.monotonic() - started
        self.console.print(f"[green]done[/]   {what}: {seconds:.1f} s", highlight=False)
