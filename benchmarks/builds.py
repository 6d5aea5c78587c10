"""dbt builds, and the hand-written script that makes the same eight tables."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bench import FIRST_DAY, Bench
from benchmarks.failures import BenchFailed
from benchmarks.goals import Goal, Step, rounded
from benchmarks.measure import Usage
from benchmarks.same_tables import differences

SCRIPT = Path(__file__).with_name("eight_tables.sql")
FLOOR_SCHEMA = "bench_floor"
SCRIPT_FLOOR = "eight_tables.sql, no dbt"
SLOWEST_SHOWN = 15
# as Airflow builds (dags/common.py): unit tests test code, not data
DAILY = {"DBT_EXCLUDE_RESOURCE_TYPES": "unit_test"}
SCORING_PREFIX = "int_scoring__"

FULL_GOAL = Goal(2, "x")
DAILY_GOAL = Goal(20, "%")
DAILY_WAL_GOAL = Goal(10, "%")
SCORING_GOAL = Goal(10, "%")


@dataclass
class Build:
    """A finished dbt build: what it cost, and the seconds of each node by its unique_id."""

    usage: Usage
    node_seconds: dict[str, float]

    def model_seconds(self, *prefixes: str) -> float:
        """Summed execution time of the models whose names begin so."""
        return sum(
            seconds
            for node, seconds in self.node_seconds.items()
            if node.startswith("model.") and node.split(".")[2].startswith(prefixes)
        )

    def slowest(self) -> list[dict[str, float | str | None]]:
        """The slowest nodes with their seconds, slowest first."""
        ranked = sorted(self.node_seconds.items(), key=lambda node: -node[1])
        return [
            {"node": node, "seconds": rounded(seconds, 3)}
            for node, seconds in ranked[:SLOWEST_SHOWN]
        ]


def build_full(bench: Bench) -> Build:
    """Everything after the first load, then the same eight tables by hand, then compare them."""
    with bench.doing("dbt parse (not part of any figure)"):
        bench.measured(_dbt("parse"), "dbt_parse", bench.environment(0))
    with bench.doing("dbt build, everything"):
        build = _build(bench, "dbt_full", bench.environment(0))
    with bench.connect() as connection:
        parcels = connection.execute("select count(*) from marts.properties").fetchone()
    usage = build.usage
    step = Step("full dbt build", usage.seconds, parcels[0], usage.peak_mb, usage.wal_mb)  # type: ignore[index]
    bench.add(step)
    bench.facts["slowest_full"] = build.slowest()
    if bench.with_floors:
        floor = _same_by_hand(bench)
        step.compared(SCRIPT_FLOOR, floor.seconds, usage.seconds / floor.seconds, FULL_GOAL)
        bench.facts["floor_wal_mb"] = rounded(floor.wal_mb, 2)
    return build


def _same_by_hand(bench: Bench) -> Usage:
    with bench.doing(SCRIPT_FLOOR):
        floor = _eight_tables(bench)
    with bench.doing("comparing the eight tables"), bench.connect() as connection:
        if found := differences(connection, FLOOR_SCHEMA):
            raise BenchFailed(
                "The floor's tables are not those of dbt:\n  " + "\n  ".join(found),
                f"Bring {SCRIPT.name} in line with the models, or the models with it.",
            )
    return floor


def scoring(bench: Bench, build: Build) -> None:
    """The models that score every property, as a share of the build they ran in."""
    seconds = build.model_seconds(SCORING_PREFIX) + build.model_seconds("lead_scores")
    step = Step("scoring all properties", seconds, bench.size)
    whole = build.usage.seconds
    bench.add(step.compared("full dbt build", whole, 100 * seconds / whole, SCORING_GOAL))


def build_daily(bench: Bench, full: Build) -> None:
    """A day later, as Airflow builds."""
    with bench.doing("dbt build a day later"):
        build = _build(bench, "dbt_daily", bench.environment(1) | DAILY)
    usage = build.usage
    name = "daily dbt build, 1 % changed"
    step = Step(name, usage.seconds, bench.size, usage.peak_mb, usage.wal_mb)
    share = 100 * usage.seconds / full.usage.seconds
    bench.add(step.compared("full dbt build", full.usage.seconds, share, DAILY_GOAL))
    wal = Step(f"{name}: WAL", wal_mb=usage.wal_mb, floor=f"full, {full.usage.wal_mb:.0f} MB")
    wal.value, wal.goal = 100 * usage.wal_mb / full.usage.wal_mb, DAILY_WAL_GOAL
    bench.add(wal)
    bench.facts["slowest_daily"] = build.slowest()


def build_unchanged(bench: Bench) -> None:
    """The same day again, for information."""
    with bench.doing("dbt build, nothing changed"):
        usage = _build(bench, "dbt_unchanged", bench.environment(1) | DAILY).usage
    name = "daily dbt build, nothing changed"
    bench.add(Step(name, usage.seconds, bench.size, usage.peak_mb, usage.wal_mb))


def compiled_model(bench: Bench, name: str) -> str:
    """The SQL of a model as a first build runs it, every row computed."""
    command = _dbt("compile", "--full-refresh", "--select", name)
    bench.measured(command, "dbt_compile", bench.environment(0))
    manifest = json.loads((bench.folder / "target" / "manifest.json").read_text())
    (model,) = (node for node in manifest["nodes"].values() if node["name"] == name)
    return model["compiled_code"]


def _dbt(*arguments: str) -> list[str | Path]:
    return [Path(sys.executable).with_name("dbt"), "--no-use-colors", *arguments]


def _build(bench: Bench, log: str, env: dict[str, str]) -> Build:
    usage = bench.measured(_dbt("build"), log, env)
    found = json.loads((bench.folder / "target" / "run_results.json").read_text())
    return Build(usage, {node["unique_id"]: node["execution_time"] for node in found["results"]})


def _eight_tables(bench: Bench) -> Usage:
    as_of = f"as_of={FIRST_DAY.isoformat()}"
    command: list[str | Path] = ["psql", "-X", "-q", "-v", as_of, "-f", SCRIPT]
    return bench.measured(command, "eight_tables", {})
