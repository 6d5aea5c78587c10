"""Counting the code cases near every property, three ways that must agree."""

import json
import sys

import psycopg

from benchmarks.bench import Bench
from benchmarks.builds import FLOOR_SCHEMA, Build, compiled_model
from benchmarks.failures import BenchFailed
from benchmarks.goals import Goal, Step
from benchmarks.measure import run_command, timed_sql

PREFIX = "int_proximity__"
MODEL = f"{PREFIX}property_counts"
NEARBY = f"{PREFIX}nearby_cases"
RUNS = 2
SAMPLED_IN = 50  # every 50th parcel by its hash: 2 %
LATERAL_FLOOR = "lateral st_dwithin, 2 % sample scaled"
TREE_FLOOR = "scipy cKDTree, 2 workers"
LATERAL_GOAL = Goal(50, "x", at_least=True)
TREE_GOAL = Goal(15, "x")

SAMPLE = f"""
    create unlogged table {FLOOR_SCHEMA}.sample as
    select
        properties.county_fips,
        properties.parcel_id_normalized,
        properties.coordinates,
        rulesets.nearby_radius_miles * 1609.344 as radius_meters
    from marts.properties
    inner join seeds.score_rulesets as rulesets on rulesets.is_active
    where
        properties.is_active
        and properties.coordinates is not null
        and hashtextextended(properties.parcel_id_normalized, 0) % {SAMPLED_IN} = 0
"""  # noqa: S608 - our own names
LATERAL = f"""
    create unlogged table {FLOOR_SCHEMA}.sample_counts as
    select
        sample.county_fips,
        sample.parcel_id_normalized,
        nearby.cases,
        nearby.open_cases
    from {FLOOR_SCHEMA}.sample
    cross join lateral (
        select
            count(*) as cases,
            count(*) filter (where code_violations.is_open) as open_cases
        from marts.code_violations
        where st_dwithin(sample.coordinates, code_violations.coordinates, sample.radius_meters)
    ) as nearby
"""  # noqa: S608
DIFFERENT = f"""
    select count(*)
    from {FLOOR_SCHEMA}.sample_counts
    left join intermediate.{NEARBY} as nearby using (county_fips, parcel_id_normalized)
    where
        (sample_counts.cases, sample_counts.open_cases)
        <> (coalesce(nearby.nearby_violations, 0), coalesce(nearby.nearby_open_violations, 0))
"""  # noqa: S608
PROPERTIES = "select count(*) from marts.properties where is_active and coordinates is not null"
PAIRS = f"select coalesce(sum(nearby_violations), 0)::bigint from intermediate.{NEARBY}"  # noqa: S608


def proximity(bench: Bench, build: Build) -> None:
    """Add the models' seconds, then the counting model alone beside its two floors.

    Raises:
        BenchFailed: a floor counts otherwise than the model.
    """
    in_build = build.model_seconds(PREFIX)
    bench.add(Step("proximity, all its models", in_build, bench.size))
    select = compiled_model(bench, MODEL)
    with bench.connect() as connection:
        with bench.doing(f"{MODEL} alone, the better of {RUNS}"):
            seconds = min(_alone(connection, select) for _ in range(RUNS))
        with bench.doing(LATERAL_FLOOR):
            sampled = connection.execute(SAMPLE).rowcount
            connection.execute(f"analyze {FLOOR_SCHEMA}.sample")  # type: ignore[arg-type]
            lateral = timed_sql(connection, LATERAL)
        with bench.doing(TREE_FLOOR):
            tree = _tree(bench)
        properties, different, pairs = (
            connection.execute(query).fetchone()[0]  # type: ignore[arg-type, index]
            for query in (PROPERTIES, DIFFERENT, PAIRS)
        )
        for table in ("sample_counts", "sample"):
            connection.execute(f"drop table {FLOOR_SCHEMA}.{table}")  # type: ignore[arg-type]
    if different or tree["pairs"] != pairs:
        raise BenchFailed(
            f"{different} of {sampled} sampled properties have other counts than st_dwithin; "
            f"{pairs:,} pairs of property and case, cKDTree finds {tree['pairs']:,}.",
            f"Look at {MODEL}; tests/warehouse/test_proximity.py compares pair by pair.",
        )
    lateral *= properties / sampled
    name = "proximity, the counting model alone"
    step = Step(name, seconds, properties)
    bench.add(step.compared(LATERAL_FLOOR, lateral, lateral / seconds, LATERAL_GOAL))
    step = Step(name, seconds, properties)
    bench.add(step.compared(TREE_FLOOR, tree["seconds"], seconds / tree["seconds"], TREE_GOAL))
    bench.facts["pairs"] = pairs


def _alone(connection: psycopg.Connection, select: str) -> float:
    """Wall seconds of the model's whole result into a table that is dropped again."""
    connection.execute("set jit = on")  # as the model does when it counts everything
    seconds = timed_sql(connection, f"create unlogged table {FLOOR_SCHEMA}.measured as {select}")
    connection.execute("reset jit")
    connection.execute(f"drop table {FLOOR_SCHEMA}.measured")  # type: ignore[arg-type]
    return seconds


def _tree(bench: Bench) -> dict[str, float]:
    """In a process of its own: its memory must not count for the loader's (run_command)."""
    log = bench.folder / "tree.log"
    run_command([sys.executable, "-m", "benchmarks.tree"], log, {})
    return json.loads(log.read_text())
