"""Command line: `python -m benchmarks run`, called by bin/bench with a database of its own."""

# ruff: noqa: S603 - the command is the project's own, never input
import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from rich.markup import escape

from benchmarks.bench import FIRST_DAY, Bench, make_console
from benchmarks.builds import build_daily, build_full, build_unchanged, scoring
from benchmarks.county import serving
from benchmarks.failures import BenchFailed
from benchmarks.landing import land_again, land_first, land_unchanged, loader_memory
from benchmarks.machine import (
    CALM_LOAD,
    describe,
    load_average,
    other_databases_in_use,
)
from benchmarks.measure import ROOT
from benchmarks.plans import as_text, slowest_plans
from benchmarks.proximity import proximity
from benchmarks.readers import readers
from benchmarks.report import screen_tables, write_markdown
from benchmarks.results import Result, make_result, read_results, save_result

JSON_FILE = ROOT / "docs" / "benchmarks.json"
MARKDOWN_FILE = ROOT / "docs" / "benchmarks.md"
FEWEST_PARCELS = 1000  # fewer have no properties in the sample

app = typer.Typer(
    help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


@app.command()
def run(
    size: Annotated[int, typer.Option(min=FEWEST_PARCELS, help="Parcels of the county.")],
    save: Annotated[bool, typer.Option(help="Write docs/benchmarks.json and .md.")] = True,
    only_growth: Annotated[
        bool, typer.Option(help="Only landing and the full build, without their floors.")
    ] = False,
    plans: Annotated[
        Path | None, typer.Option(help="Write the slowest models' plans here.")
    ] = None,
) -> None:
    """Run every step in the database of PG*, which must be empty, and print the table."""
    console = make_console()
    load, started = load_average(), datetime.now(UTC)
    console.print(f"{size:,} parcels in {os.environ['PGDATABASE']}; load average {load}")
    if load > CALM_LOAD:
        console.print(f"[yellow]The machine is busy (above {CALM_LOAD}): trust ratios only.[/]")
    bench = Bench(size, console, with_floors=not only_growth)
    with bench.connect() as connection:
        machine = describe(connection)
        if others := other_databases_in_use(connection):
            console.print(
                f"[yellow]Also in use on this server: {', '.join(others)}. What is written there "
                "counts as WAL here.[/]"
            )
    try:
        measure_growth(bench) if only_growth else measure(bench)
    except BenchFailed as failure:
        console.print(f"[bold red]failed[/] {escape(str(failure))}", highlight=False)
        console.print(f"[bold]Next:[/] {escape(failure.next_step)}", highlight=False)
        raise typer.Exit(1) from None
    except psycopg.Error as error:
        console.print(f"[bold red]failed[/] {escape(str(error).strip())}", highlight=False)
        console.print("[bold]Next:[/] `bin/postgres log` shows the statement; is the disk full?")
        raise typer.Exit(1) from None
    result = make_result(bench.steps, bench.facts, machine, started.date().isoformat(), load)
    results = read_results(JSON_FILE) | {size: result}
    console.print(*screen_tables(results, size))
    if plans:
        _write_plans(plans, result, started)
        console.print(f"Plans of the slowest models: {plans}")
    if save:
        write_markdown(MARKDOWN_FILE, save_result(JSON_FILE, size, result))
        console.print("Saved in docs/benchmarks.json, shown in docs/benchmarks.md")


@app.command()
def tables() -> None:
    """Write the blocks of docs/benchmarks.md again from docs/benchmarks.json."""
    write_markdown(MARKDOWN_FILE, read_results(JSON_FILE))


def measure(bench: Bench) -> None:
    """All steps. What is compared runs as close together as it can."""
    with ExitStack() as stack:
        with bench.doing("rendering the county (not part of any figure)"):
            log = bench.folder / "sandbox.log"
            county = stack.enter_context(serving(bench.size, FIRST_DAY, log))
            bench.sandbox_url = county.url
        landed = land_first(bench)
        built = build_full(bench)
        proximity(bench, built)
        scoring(bench, built)
        readers(bench)
        with bench.doing("a night: vacuum, the county's next day (not part of any figure)"):
            bench.vacuum()
            county.move_to_day(1)
        landed_again = land_again(bench, landed)
        build_daily(bench, built)
        unchanged = land_unchanged(bench)
        build_unchanged(bench)
        loader_memory(bench, landed, landed_again, unchanged)


def measure_growth(bench: Bench) -> None:
    """What tells how time grows with the county."""
    with ExitStack() as stack:
        with bench.doing("rendering the county (not part of any figure)"):
            log = bench.folder / "sandbox.log"
            county = stack.enter_context(serving(bench.size, FIRST_DAY, log))
            bench.sandbox_url = county.url
        landed = land_first(bench)
        build_full(bench)
        loader_memory(bench, landed)


def _write_plans(path: Path, result: Result, started: datetime) -> None:
    log = subprocess.run(
        [ROOT / "bin" / "postgres", "log"], check=True, capture_output=True, text=True
    ).stdout
    since = f"{started:%Y-%m-%d %H:%M:%S}"
    path.write_text(as_text(slowest_plans(log, since, result["slowest_full"])))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        app(prog_name="python -m benchmarks")
    except KeyboardInterrupt:
        raise SystemExit(130) from None
