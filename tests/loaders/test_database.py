"""How Python reaches the database: as which role, through which pool, and several at once."""

import pytest
from sqlalchemy import text

from loaders.database import TRANSFORMER_ROLE, engine
from loaders.registry import load_registry
from loaders.settings import load_settings
from tests.loaders.published_records import cases, parcels


@pytest.mark.parametrize("role", ["wholesaler_loader", TRANSFORMER_ROLE])
def test_sessions_act_as_their_role_also_after_a_rollback(environment, role):
    database = engine(load_settings(), role)
    with database.connect() as connection:
        assert connection.scalar(text("select current_user")) == role
        connection.rollback()
        assert connection.scalar(text("select current_user")) == role
        assert connection.scalar(text("show timezone")) == "UTC"
    database.dispose()


def test_pool_follows_the_settings(environment, monkeypatch):
    monkeypatch.setenv("DATABASE_POOL_SIZE", "1")
    monkeypatch.setenv("DATABASE_MAX_OVERFLOW", "0")
    monkeypatch.setenv("DATABASE_POOL_TIMEOUT", "0.1")
    database = engine(load_settings())
    with database.connect(), pytest.raises(Exception, match="QueuePool limit of size 1 overflow 0"):
        database.connect()
    database.dispose()


def test_dead_pooled_connection_is_replaced(environment):
    database = engine(load_settings())
    with database.connect() as connection:
        pid = connection.scalar(text("select pg_backend_pid()"))
    with engine(load_settings()).connect() as other:
        other.execute(text("set role none"))  # the login may end its own sessions
        other.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})
    with database.connect() as connection:  # pre-ping
        assert connection.scalar(text("select pg_backend_pid()")) != pid
    database.dispose()


def test_first_loads_of_all_sources_at_the_same_time(county, start_loader, database):
    for schema, table in database.rows(
        "select schemaname, tablename from pg_tables "
        "where schemaname = 'raw_staging' or (schemaname = 'raw' and tablename like '\\_dlt%')"
    ):
        database.execute(f'drop table {schema}."{table}"')
    county.publish("property_records", parcels(50))
    county.publish("tax_sales", [{"USER_TDA_NUM": "2023-1", "USER_PARCEL": "29-22-28-8850-02-050"}])
    county.publish("foreclosures", [{"PARCEL_NUMBER": "282030023104320"}])
    county.publish("code_violations", cases(50))
    sources = [name for _, name, _ in load_registry().select()]
    processes = [start_loader("load", "--source", source) for source in sources]
    outputs = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, outputs
    assert [len(database.current(source)) for source in sources] == [1, 1, 50, 50]
