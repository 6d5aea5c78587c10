"""Landing over HTTP with the project's command line, beside psql's \\copy of the same rows."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.bench import Bench
from benchmarks.goals import Goal, Step
from benchmarks.measure import Usage, run_command

ROLL = "property_records"
OTHER_SOURCES = ("tax_sales", "foreclosures", "code_violations")
FLOOR_TABLE = "bench_floor.copied_roll"
FLOOR_RUNS = 2
COPY_FLOOR = r"psql \copy of the same rows"

FIRST_GOAL = Goal(2.7, "x")
AGAIN_GOAL = Goal(100, "%")
AGAIN_WAL_GOAL = Goal(15, "%")
MEMORY_GOAL = Goal(400, "MB")


def land_first(bench: Bench) -> Usage:
    """The roll into an empty table, its floor, then the other sources."""
    with bench.doing("landing the roll"):
        usage = _land(bench, 0, "land_first", ROLL)
    rows = _current_rows(bench)
    step = Step("landing the roll", usage.seconds, rows, usage.peak_mb, usage.wal_mb)
    bench.add(step)
    if bench.with_floors:
        with bench.doing(COPY_FLOOR):
            floor = _copy_floor(bench)
        step.compared(COPY_FLOOR, floor, usage.seconds / floor, FIRST_GOAL)
    others = _land_others(bench, 0, "land_first_others")
    usage.peak_mb = max(usage.peak_mb or 0, others.peak_mb or 0)
    return usage


def land_again(bench: Bench, first: Usage) -> Usage:
    """The roll and the other sources a day later. `first`: what the first landing cost."""
    with bench.doing("landing the roll a day later"):
        usage = _land(bench, 1, "land_again", ROLL)
    rows = _current_rows(bench)
    name = "landing the roll again, 1 % changed"
    step = Step(name, usage.seconds, rows, usage.peak_mb, usage.wal_mb)
    share = 100 * usage.seconds / first.seconds
    bench.add(step.compared("first landing", first.seconds, share, AGAIN_GOAL))
    wal = Step(f"{name}: WAL", wal_mb=usage.wal_mb)
    wal.value, wal.goal = 100 * usage.wal_mb / first.wal_mb, AGAIN_WAL_GOAL
    wal.floor = f"first landing, {first.wal_mb:.0f} MB"
    bench.add(wal)
    others = _land_others(bench, 1, "land_again_others")
    return Usage(usage.seconds, max(usage.peak_mb or 0, others.peak_mb or 0), usage.wal_mb)


def land_unchanged(bench: Bench) -> Usage:
    """All sources once more on the same day."""
    with bench.doing("landing all sources, nothing changed"):
        usage = _land(bench, 1, "land_unchanged")
    step = Step("landing all sources, nothing changed", usage.seconds, _current_rows(bench))
    step.peak_mb, step.wal_mb = usage.peak_mb, usage.wal_mb
    bench.add(step)
    return usage


def loader_memory(bench: Bench, *usages: Usage) -> None:
    """The most that any landing took."""
    peak = max(usage.peak_mb or 0 for usage in usages)
    bench.add(Step("loader memory", peak_mb=peak, value=peak, goal=MEMORY_GOAL))


def _land(bench: Bench, day: int, log: str, *sources: str) -> Usage:
    chosen = [part for source in sources for part in ("--source", source)]
    command = [sys.executable, "-m", "loaders", "load", *chosen]
    return bench.measured(command, log, bench.environment(day))


def _land_others(bench: Bench, day: int, log: str) -> Usage:
    with bench.doing("landing the other sources"):
        usage = _land(bench, day, log, *OTHER_SOURCES)
    name = "landing the other sources" + (", a day later" if day else "")
    bench.add(Step(name, usage.seconds, None, usage.peak_mb, usage.wal_mb))
    return usage


def _current_rows(bench: Bench) -> int:
    query = f"select count(*) from raw.{ROLL} where _dlt_valid_to is null"  # noqa: S608
    with bench.connect() as connection:
        return connection.execute(query).fetchone()[0]  # type: ignore[arg-type, index]


def _copy_floor(bench: Bench) -> float:
    """Best wall seconds of creating an empty logged table without indexes and copying a file in."""
    with TemporaryDirectory(dir=bench.folder) as folder:
        rows = Path(folder) / "roll.csv"
        _psql(bench, f"\\copy raw.{ROLL} to '{rows}' csv")
        seconds = []
        for _ in range(FLOOR_RUNS):
            usage = _psql(
                bench,
                f"create table {FLOOR_TABLE} (like raw.{ROLL})",
                f"\\copy {FLOOR_TABLE} from '{rows}' csv",
            )
            seconds.append(usage.seconds)
            _psql(bench, f"drop table {FLOOR_TABLE}")
    return min(seconds)


def _psql(bench: Bench, *commands: str) -> Usage:
    chosen = [part for command in commands for part in ("-c", command)]
    return run_command(
        ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", *chosen],
        bench.folder / "psql.log",
        {"PGOPTIONS": "-c role=wholesaler_transformer"},
    )
