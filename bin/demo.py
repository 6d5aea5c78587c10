"""The whole job on a generated or recorded county: from an empty server to ranked leads.

Run by `make demo`. Settings come from the environment: PARCELS, DAY, AS_OF, RECORDED, PGDATABASE.
"""

# ruff: noqa: S603 - the commands are the project's own, never input
import argparse
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
from demo_dbt import dbt_build
from demo_sandbox import sandbox
from demo_steps import ROOT, STATE, StepFailed, console
from psycopg import sql
from rich.markup import escape
from rich.table import Table

STEPS = ("install", "server", "init-db", "sandbox", "load", "dbt build", "report")

LOADS = """
    select
        source_type,
        status,
        records_inserted,
        records_updated,
        records_vanished
    from ops.ingestion_runs
    where started_at >= %s
    order by source_type
"""
CURRENT = "select count(*) from raw.{} where _dlt_valid_to is null"
REWRITTEN = "select count(*) from marts.{} where updated_at >= %s"
SOURCES = ("tax_sales", "foreclosures", "property_records", "code_violations")
LEAD_TABLES = ("properties", "lead_scores", "lead_score_factors")


def environment_number(name: str, default: int) -> int:
    """Whole number from an environment variable, unset and empty meaning the default."""
    value = os.environ.get(name) or default
    try:
        return int(value)
    except ValueError:
        raise SystemExit(f"error: {name} must be a whole number, it is {value!r}") from None


def environment_date(name: str) -> date:
    """Date from an environment variable; unset means today where the county is."""
    if not (value := os.environ.get(name)):
        return datetime.now(ZoneInfo("America/New_York")).date()
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise SystemExit(f"error: {name} must be a date YYYY-MM-DD, it is {value!r}") from None


@dataclass
class Demo:
    """One run: its options, its timings and what it found out on the way."""

    parcels: int
    day: int
    first_day: date
    recorded: Path | None
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def run_date(self) -> date:
        return self.first_day + timedelta(days=self.day)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Announce a step, time it, and turn its failure into one readable message."""
        number = f"{STEPS.index(name) + 1} of {len(STEPS)}"
        console.print(f"\n[bold cyan]{number}  {name}[/]")
        started = time.monotonic()
        try:
            yield
        except StepFailed as failure:
            console.print(f"\n[bold red]Step {number}, {name}, failed.[/] {escape(str(failure))}")
            console.print(f"[bold]Next:[/] {escape(failure.next_step)}")
            raise SystemExit(1) from None
        self.seconds[name] = time.monotonic() - started

    def script(self, *command: str) -> None:
        """Run a script of bin/, which explains its own failures on the terminal."""
        script, *arguments = command
        if subprocess.run([ROOT / "bin" / script, *arguments], cwd=ROOT, check=False).returncode:
            raise StepFailed(
                "Its message is above.", "Do what it says, then run `make demo` again."
            )

    def sandbox_options(self) -> list[str]:
        content = (
            ["--from", str(self.recorded)] if self.recorded else ["--parcels", str(self.parcels)]
        )
        return [*content, "--as-of", self.first_day.isoformat(), "--day", str(self.day)]


def take_environment() -> None:
    """Go on in the environment bin/run gives to every command: .env and PG*."""
    command = [ROOT / "bin" / "run", "env", "-0"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    os.environ |= dict(entry.split("=", 1) for entry in printed.split("\0") if entry)


def connect() -> psycopg.Connection:
    """Connect to the database of PG*, as dbt does."""
    return psycopg.connect(options="-c role=wholesaler_transformer")


def _count(connection: psycopg.Connection, query: str, table: str, *values: object) -> int:
    return connection.execute(sql.SQL(query).format(sql.Identifier(table)), values).fetchone()[0]


def claim_database() -> None:
    """Note that the demo fills this database, unless it holds records from elsewhere.

    A load is the whole truth about a source: the demo's would retire real records as vanished.
    """
    claim = STATE / "demo" / os.environ["PGDATABASE"]
    if claim.exists():
        return
    with connect() as connection:
        if any(_count(connection, CURRENT, source) for source in SOURCES):
            raise StepFailed(
                f"Database {os.environ['PGDATABASE']} holds records that no demo loaded.",
                "Use another one: PGDATABASE=demo make demo",
            )
    claim.parent.mkdir(exist_ok=True)
    claim.touch()


def load_sources(demo: Demo, started_at: datetime) -> list[tuple]:
    """Load all sources with the loaders' own progress display; returns this run's log entries."""
    command = [sys.executable, "-m", "loaders", "load"]
    result = subprocess.run(command, cwd=ROOT, check=False)
    with connect() as connection:
        loads = connection.execute(LOADS, [started_at]).fetchall()
    if result.returncode:
        failures = [load[0] for load in loads if load[1] == "failure"]
        raise StepFailed(
            f"Not loaded: {', '.join(failures) or 'anything'}. The loader's message is above.",
            "Run `make demo` again; what was loaded stays. Past runs: make status",
        )
    return loads


def report(demo: Demo, started_at: datetime, loads: list[tuple], nodes: Counter[str]) -> None:
    """Print what was loaded, built and found."""
    with connect() as connection:
        records = {source: _count(connection, CURRENT, source) for source in SOURCES}
        rewritten = sum(_count(connection, REWRITTEN, table, started_at) for table in LEAD_TABLES)
    console.print(
        "[bold]Records[/] ", ", ".join(f"{source} {n:,}" for source, n in records.items())
    )
    if not any(sum(changes) for _, _, *changes in loads) and not rewritten:
        console.print(
            "[bold]Nothing new:[/] no record was added, changed or removed, and no lead changed."
        )
    tests = nodes["test"] + nodes["unit_test"]
    built = ", ".join(f"{nodes[kind]} {kind}s" for kind in ("seed", "model", "snapshot"))
    console.print(f"[bold]dbt[/]      {built} built; [bold green]{tests} tests passed[/]")
    command = [sys.executable, "-m", "loaders", "leads"]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise StepFailed("The leads cannot be shown, see above.", "Try: make leads")


def look_next(demo: Demo) -> None:
    """Time of each step, and commands to go on with."""
    times = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in demo.seconds.items())
    console.print(f"\n[bold]Time[/]  {times}; total {sum(demo.seconds.values()):.1f} s")
    database = os.environ["PGDATABASE"]
    make = "make" if database == "wholesaler" else f"PGDATABASE={database} make"
    commands = {
        f"{make} psql": "look around: table marts.leads; marts.lead_score_factors says why",
        f"{make} url": "the connection for BI and GIS tools",
        f"{make} demo DAY={demo.day + 1}": "the county a day later: what changes, what is new",
        f"{make} build leads": "after editing a rule in seeds/scoring/",
        "make down": "stop the database server",
    }
    if demo.recorded:
        del commands[f"{make} demo DAY={demo.day + 1}"]
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    for command, purpose in commands.items():
        table.add_row(f"  {command}", purpose)
    console.print("[bold]Next[/]", table, sep="\n", highlight=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--install-seconds", type=float, default=0)
    arguments = parser.parse_args()
    recorded = os.environ.get("RECORDED")
    demo = Demo(
        parcels=environment_number("PARCELS", 5000),
        day=environment_number("DAY", 0),
        first_day=environment_date("AS_OF"),
        recorded=Path(recorded).resolve() if recorded else None,
        seconds={STEPS[0]: arguments.install_seconds},
    )
    if demo.recorded and not demo.recorded.is_dir():
        raise SystemExit(f"error: RECORDED={recorded} is not a folder")
    if demo.recorded and not os.environ.get("PGDATABASE"):
        raise SystemExit(
            "error: recorded answers need a database of their own, or they would replace what is "
            "in yours.\n       PGDATABASE=recorded make demo RECORDED=..."
        )
    started_at = datetime.now(ZoneInfo("UTC"))
    with ExitStack() as stack:
        with demo.step("server"):
            demo.script("postgres", "up")
        with demo.step("init-db"):
            demo.script("init-db")
            take_environment()
            claim_database()
        with demo.step("sandbox"):
            url = stack.enter_context(sandbox(demo.sandbox_options()))
            content = (
                f"recorded answers of {demo.recorded}" if recorded else f"{demo.parcels:,} parcels"
            )
            console.print(f"{url}: {escape(content)}, as of {demo.run_date}")
            os.environ |= {"SANDBOX_URL": url, "AS_OF": demo.run_date.isoformat()}
        with demo.step("load"):
            loads = load_sources(demo, started_at)
        stack.close()  # the county is not needed any longer
        with demo.step("dbt build"):
            nodes = dbt_build()
        with demo.step("report"):
            report(demo, started_at, loads, nodes)
    look_next(demo)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        main()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second one must not garble the end
        console.print("\nStopped. Running `make demo` again continues where this ended.")
        raise SystemExit(130) from None
