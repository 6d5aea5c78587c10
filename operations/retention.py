"""What is old goes: superseded versions and history, closed log entries. Current rows never do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import Connection, Delete, column, delete, table, text

from loaders.database import LOADER_ROLE, TRANSFORMER_ROLE, connect, engine
from loaders.settings import Settings

# A run stays while it is the last good one, or the last good full read, of its source: freshness
# and the loader's choice between a full and an incremental read look at these.
RUN_LOG = text(
    """
    delete from ops.ingestion_runs as run
    where
        run.completed_at < :horizon
        and run.run_id not in (
            select distinct on (county_fips, source_type) run_id
            from ops.ingestion_runs
            where status in ('success', 'partial')
            order by county_fips, source_type, started_at desc
        )
        and run.run_id not in (
            select distinct on (county_fips, source_type) run_id
            from ops.ingestion_runs
            where status in ('success', 'partial') and refresh_mode = 'full'
            order by county_fips, source_type, started_at desc
        )
    """
)

# A row of the history holds until the next one of its property: it goes when that one is old, too.
SCORE_HISTORY = text(
    """
    delete from marts.lead_score_history as old
    where exists (
        select from marts.lead_score_history as newer
        where
            newer.county_fips = old.county_fips
            and newer.parcel_id_normalized = old.parcel_id_normalized
            and newer.snapshot_date > old.snapshot_date
            and newer.snapshot_date <= :horizon
    )
    """
)


def remove_expired(settings: Settings, now: datetime) -> dict[str, int]:
    """Apply the retention settings as of `now`.

    Returns:
        Number of rows removed per table.
    """
    logs = now - timedelta(days=settings.etl_retention_days)
    history = now - timedelta(days=settings.score_history_retention_days)
    removed = {}
    with _connected(settings, LOADER_ROLE) as connection:
        for name in _tables_with(connection, "raw", "_dlt_valid_to"):
            statement = _closed_before(logs, "raw", name, "_dlt_valid_to")
            removed[f"raw.{name}"] = connection.execute(statement).rowcount
        removed["ops.ingestion_runs"] = connection.execute(RUN_LOG, {"horizon": logs}).rowcount
    with _connected(settings, TRANSFORMER_ROLE) as connection:
        for name in _tables_with(connection, "snapshots", "dbt_valid_to"):
            statement = _closed_before(history, "snapshots", name, "dbt_valid_to")
            removed[f"snapshots.{name}"] = connection.execute(statement).rowcount
        changes = table("lead_changes", column("changed_at"), schema="marts")
        removed["marts.lead_changes"] = connection.execute(
            delete(changes).where(changes.c.changed_at < history)
        ).rowcount
        removed["marts.lead_score_history"] = connection.execute(
            SCORE_HISTORY, {"horizon": history.date()}
        ).rowcount
        results = table("quality_results", column("checked_at"), schema="ops")
        removed["ops.quality_results"] = connection.execute(
            delete(results).where(results.c.checked_at < logs)
        ).rowcount
    return removed


@contextmanager
def _connected(settings: Settings, role: str) -> Iterator[Connection]:
    database = engine(settings, role)
    try:
        # each statement by itself: a failure does not undo what the ones before did
        with connect(database).execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection
    finally:
        database.dispose()


def _tables_with(connection: Connection, schema: str, name: str) -> list[str]:
    query = text(
        """
        select table_name from information_schema.columns
        where table_schema = :schema and column_name = :name
        order by table_name
        """
    )
    return list(connection.scalars(query, {"schema": schema, "name": name}))


def _closed_before(horizon: datetime, schema: str, name: str, closed_at: str) -> Delete:
    versions = table(name, column(closed_at), schema=schema)
    return delete(versions).where(versions.c[closed_at] < horizon)
