"""Deletes what is kept for a limited time: retired versions and the log of old runs."""

from datetime import timedelta

from sqlalchemy import Engine, column, delete, func, table, text

from loaders.database import connect
from loaders.registry import SourceType

RAW_TABLES: tuple[str, ...] = SourceType.__args__


def delete_expired(database: Engine, days: int) -> dict[str, int]:
    """Delete versions retired and runs closed more than `days` ago; rows deleted per table.

    Current versions stay whatever their age, and so does the last successful run of each source.
    """
    age = timedelta(days=days)
    deleted = {}
    with connect(database) as connection, connection.begin():
        for name in RAW_TABLES:
            versions = table(name, column("_dlt_valid_to"), schema="raw")
            expired = delete(versions).where(versions.c._dlt_valid_to < func.now() - age)
            deleted[f"raw.{name}"] = connection.execute(expired).rowcount
        deleted["ops.ingestion_runs"] = connection.execute(
            text(
                """
                delete from ops.ingestion_runs as expired
                where
                    completed_at < now() - :age
                    and run_id not in (
                        select distinct on (county_fips, source_type, refresh_mode) run_id
                        from ops.ingestion_runs
                        where status in ('success', 'partial')
                        order by county_fips, source_type, refresh_mode, started_at desc
                    )
                """
            ),
            {"age": age},
        ).rowcount
    return deleted
