"""Loading and building again without news writes no row."""

from dataclasses import replace

from .conftest import Warehouse

DATA_SCHEMAS = ["raw", "intermediate", "marts", "snapshots"]
BOOKKEEPING = ["data_ingestion_runs", "dashboard_ingestion_health"]  # a run is news to these


def rows_written(warehouse: Warehouse) -> dict[str, tuple[int, int, int]]:
    """Rows inserted, updated and deleted so far per table, bookkeeping aside."""
    written = warehouse.rows(
        """
        select schemaname || '.' || relname as name, n_tup_ins, n_tup_upd, n_tup_del
        from pg_stat_user_tables
        where schemaname = any(%s) and relname !~ '^_dlt_' and relname <> all(%s)
        """,
        DATA_SCHEMAS,
        BOOKKEEPING,
    )
    return {row["name"]: (row["n_tup_ins"], row["n_tup_upd"], row["n_tup_del"]) for row in written}


def test_a_second_load_and_build_write_no_row(warehouse: Warehouse) -> None:
    before = rows_written(warehouse)
    counts = {table: warehouse.value(f"select count(*) from {table}") for table in before}
    warehouse.load("--full")
    warehouse.build("--exclude-resource-type", "unit_test")
    assert rows_written(warehouse) == before
    assert {table: warehouse.value(f"select count(*) from {table}") for table in before} == counts
    assert counts["marts.properties"] > 1000


def test_another_run_date_parses_nothing_again(warehouse: Warehouse) -> None:
    warehouse.run("dbt", "parse")
    tomorrow = replace(warehouse, as_of="2026-03-03")
    said = tomorrow.run("dbt", "--log-level", "debug", "parse")
    assert "0 files deleted, 0 files added, 0 files changed" in said
