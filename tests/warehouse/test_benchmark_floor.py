"""The hand-written script that `make bench` compares dbt with makes the tables that dbt makes."""

import subprocess
from collections.abc import Iterator

import psycopg
import pytest

from benchmarks.builds import FLOOR_SCHEMA, SCRIPT
from benchmarks.readers import explain, questions
from benchmarks.same_tables import TABLES, differences

from .conftest import ROOT, Warehouse

MAKE_SCHEMA = """
    . bin/lib.sh
    external_server || locate_server
    admin_psql "$PGDATABASE" -c "create schema $1 authorization wholesaler_transformer"
"""


@pytest.fixture(scope="module")
def floor(warehouse: Warehouse) -> Iterator[Warehouse]:
    """The built warehouse with the floor's tables beside it."""
    command = ["bash", "-c", MAKE_SCHEMA, "-", FLOOR_SCHEMA]
    subprocess.run(command, cwd=ROOT, env=warehouse.environment, check=True)
    warehouse.run("psql", "-X", "-q", "-v", f"as_of={warehouse.as_of}", "-f", str(SCRIPT))
    yield warehouse
    with connect(warehouse) as connection:
        connection.execute(f"drop schema {FLOOR_SCHEMA} cascade")


def connect(
    warehouse: Warehouse, role: str = "wholesaler_transformer"
) -> psycopg.Connection[tuple]:
    """Connect as the bench does; nothing is kept unless the block ends well."""
    return psycopg.connect(dbname=warehouse.database, options=f"-c role={role}")


def test_the_floor_is_the_same_eight_tables(floor: Warehouse) -> None:
    with connect(floor) as connection:
        assert differences(connection, FLOOR_SCHEMA) == []
    for table in TABLES:
        assert floor.value(f"select count(*) from {FLOOR_SCHEMA}.{table}") > 1, table


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        (
            "update bench_floor.lead_scores set total_score = 99.99 where ctid = '(0,1)'",
            "lead_scores: differs in total_score",
        ),
        (
            "delete from bench_floor.tax_sales where ctid = '(0,1)'",
            "tax_sales: ",
        ),
        (
            "alter table bench_floor.foreclosures alter column opening_bid type numeric",
            "foreclosures: only the floor has opening_bid numeric",
        ),
        (
            "alter table bench_floor.code_violations drop constraint code_violations_pkey",
            "code_violations: only dbt has PRIMARY KEY (county_fips, case_number)",
        ),
    ],
)
def test_a_difference_is_named(floor: Warehouse, change: str, difference: str) -> None:
    with connect(floor) as connection:
        connection.execute(change)
        found = differences(connection, FLOOR_SCHEMA)
        connection.rollback()
    assert any(line.startswith(difference) for line in found), found


def test_reader_queries_are_explained_as_the_reader(warehouse: Warehouse) -> None:
    with connect(warehouse) as owner, connect(warehouse, "wholesaler_reader") as reader:
        found = {question.name: explain(reader, question.query) for question in questions(owner)}
        leads = owner.execute("select count(*) from marts.leads").fetchone()[0]
    assert found["one property"]["rows"] == 1
    assert found["top 50 leads"]["rows"] == min(50, leads)
    assert found["30-day trend of one property"]["rows"] == 1
    assert all(figures["pages"] > 0 for figures in found.values())
