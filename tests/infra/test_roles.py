"""Least privilege: what each role may and may not do in a fresh database."""

import psycopg
import pytest

from tests.infra.conftest import Checkout

LOADER, TRANSFORMER, READER = "wholesaler_loader", "wholesaler_transformer", "wholesaler_reader"
A_RUN = """
    insert into ops.ingestion_runs (run_id, county_fips, source_type, refresh_mode, status)
    values ('r', '1', 's', 'full', 'running')
"""
STANDARDIZE = """
    select (standardize_address('us_lex', 'us_gaz', 'us_rules', '1 N MAIN ST', 'ORLANDO FL')).name
"""


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        (None, "select * from raw.tax_sales"),
        (None, "create table public.mine ()"),
        (LOADER, "create table marts.mine ()"),
        (LOADER, "create table public.mine ()"),
        (LOADER, "drop table ops.ingestion_runs"),
        (LOADER, "create schema mine"),
        (TRANSFORMER, "insert into raw.tax_sales select * from raw.tax_sales"),
        (TRANSFORMER, "delete from raw.rejected_records"),
        (TRANSFORMER, A_RUN),
        (TRANSFORMER, "create table public.mine ()"),
        (READER, "select * from raw.tax_sales"),
        (READER, "select * from ops.ingestion_runs"),
        (READER, "create table marts.mine ()"),
        (READER, "create temporary table mine ()"),
    ],
)
def test_forbidden(running: Checkout, role: str | None, statement: str) -> None:
    with running.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        (LOADER, "create temporary table seen ()"),
        (LOADER, "create table raw._dlt_loads ()"),
        (LOADER, "create table raw_staging.tax_sales ()"),
        (LOADER, "alter table raw.tax_sales add column added text"),
        (LOADER, A_RUN),
        (LOADER, "delete from ops.registry_sources"),
        (TRANSFORMER, "select payload ->> 'x' from raw.code_violations"),
        (
            TRANSFORMER,
            "select * from raw.rejected_records, ops.ingestion_runs, ops.registry_sources",
        ),
        (TRANSFORMER, "create temporary table delta ()"),
        (TRANSFORMER, "create table snapshots.mine (at geography(point, 4326))"),
        (TRANSFORMER, STANDARDIZE),
        (READER, "select 1"),
    ],
)
def test_allowed(running: Checkout, role: str, statement: str) -> None:
    with running.connect(role) as connection, connection.transaction(force_rollback=True):
        connection.execute(statement)


def test_transformer_reads_tables_the_loader_makes_later(running: Checkout) -> None:
    with running.connect(LOADER) as loader:
        loader.execute("create table raw.later as select 1 as answer")
        try:
            with running.connect(TRANSFORMER) as transformer:
                assert transformer.execute("select answer from raw.later").fetchone() == (1,)
        finally:
            loader.execute("drop table raw.later")


def test_reader_sees_the_marts_columns_granted_to_it(running: Checkout) -> None:
    with running.connect(TRANSFORMER) as transformer:
        transformer.execute(
            "create table marts.shown as select 'x' as owner_name, 7 as total_score"
        )
        transformer.execute("grant select (total_score) on marts.shown to wholesaler_reader")
        try:
            with running.connect(READER) as reader:
                assert reader.execute("select total_score from marts.shown").fetchone() == (7,)
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    reader.execute("select owner_name from marts.shown")
        finally:
            transformer.execute("drop table marts.shown")


def test_no_role_of_ours_is_powerful(running: Checkout) -> None:
    with running.connect() as connection:
        powers = connection.execute(
            "select rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication"
            " from pg_roles where rolname like 'wholesaler%'"
        ).fetchall()
    assert {name for name, *_ in powers} == {"wholesaler", LOADER, TRANSFORMER, READER}
    assert not [power for power in powers if any(power[1:])]


def test_the_login_brings_its_settings(running: Checkout) -> None:
    with running.connect(LOADER) as connection:
        assert connection.execute("show work_mem").fetchone() == ("256MB",)
        assert connection.execute("show timezone").fetchone() == ("UTC",)
