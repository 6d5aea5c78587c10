"""The log of loads, `ops.ingestion_runs`, and the locks that keep loads apart."""

import json
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Engine, text

from loaders.errors import AlreadyRunning, LoaderError

MESSAGE_LENGTH = 1_000
TRACEBACK_LENGTH = 4_000


@dataclass
class RunResult:
    """One load of one source. Inserted, updated, vanished count source keys, the rest records."""

    run_id: str
    county_fips: str
    source_type: str
    refresh_mode: str
    status: str = "running"
    records_announced: int = 0
    records_processed: int = 0
    records_inserted: int = 0
    records_updated: int = 0
    records_vanished: int = 0
    records_rejected: int = 0
    exact_duplicates: int = 0
    load_ids: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def changed(self) -> int:
        return self.records_inserted + self.records_updated + self.records_vanished


def lock_source(connection: Connection, county_fips: str, source_type: str) -> None:
    """Hold the right to load this source until the connection closes.

    Raises:
        AlreadyRunning: another process holds it.
    """
    if not connection.scalar(
        text("select pg_try_advisory_lock(hashtextextended(:name, 0))"),
        {"name": f"wholesaler load {county_fips} {source_type}"},
    ):
        raise AlreadyRunning(
            f"{source_type} of county {county_fips} is being loaded by another process. "
            "Wait for it to end (`python -m loaders status` shows it)."
        )


@contextmanager
def landing_turn(connection: Connection, source_type: str) -> Iterator[None]:
    """Wait for the turn to stage and merge: counties share the staging table of a source.

    The first load of a source also makes dlt create tables, which several processes cannot do at
    the same time; it waits for all others who create.
    """
    staging_table = f"raw_staging.{source_type}"
    names = [f"wholesaler landing {source_type}"]
    if connection.scalar(text("select to_regclass(:name) is null"), {"name": staging_table}):
        names.append("wholesaler first landing")
    for name in names:
        connection.execute(
            text("select pg_advisory_lock(hashtextextended(:name, 0))"), {"name": name}
        )
    # Unlogged: half the WAL of a load. A crash empties it, which lands nothing and retires nothing.
    connection.execute(
        text(
            f"""
            create unlogged table if not exists {staging_table} (
                county_fips text not null,
                source_key text not null,
                payload jsonb,
                payload_hash text not null,
                run_id text not null,
                fetched_at timestamptz not null,
                _dlt_valid_from timestamptz,
                _dlt_valid_to timestamptz
            )
            """
        )
    )
    try:
        yield
    finally:
        for name in names:
            connection.execute(
                text("select pg_advisory_unlock(hashtextextended(:name, 0))"), {"name": name}
            )


def sweep_dead_runs(database: Engine, county_fips: str, source_type: str) -> int:
    """Close the runs of this source that never ended. Only whoever holds its lock may call this."""
    with database.begin() as connection:
        return connection.execute(
            text(
                """
                update ops.ingestion_runs set
                    status = 'failure',
                    completed_at = now(),
                    error_message = 'The process died before the load ended; found by a later run.'
                where
                    county_fips = :county_fips
                    and source_type = :source_type
                    and status = 'running'
                """
            ),
            {"county_fips": county_fips, "source_type": source_type},
        ).rowcount


def last_full_read(database: Engine, county_fips: str, source_type: str) -> datetime | None:
    """When the last successful full read of a source began."""
    with database.connect() as connection:
        return connection.scalar(
            text(
                """
                select max(started_at) from ops.ingestion_runs
                where
                    county_fips = :county_fips
                    and source_type = :source_type
                    and refresh_mode = 'full'
                    and status in ('success', 'partial')
                """
            ),
            {"county_fips": county_fips, "source_type": source_type},
        )


def open_run(database: Engine, run: RunResult) -> None:
    """Write the row before anything else happens, so that a killed run leaves a trace."""
    with database.begin() as connection:
        connection.execute(
            text(
                """
                insert into ops.ingestion_runs (
                    run_id, county_fips, source_type, refresh_mode, status, started_at
                )
                values (:run_id, :county_fips, :source_type, :refresh_mode, 'running', now())
                """
            ),
            {
                "run_id": run.run_id,
                "county_fips": run.county_fips,
                "source_type": run.source_type,
                "refresh_mode": run.refresh_mode,
            },
        )


def close_run(database: Engine, run: RunResult, error: BaseException | None = None) -> None:
    """Write how the run ended; with an error, what happened in a sentence and in detail."""
    message, details = None, {}
    if run.exact_duplicates:
        details["exact_duplicates"] = run.exact_duplicates
    if error:
        cause = root_cause(error)
        message = (str(cause) or type(cause).__name__).replace("\0", "")[:MESSAGE_LENGTH]
        details["type"] = type(cause).__name__
        details["traceback"] = "".join(traceback.format_exception(error))[-TRACEBACK_LENGTH:]
    with database.begin() as connection:
        connection.execute(
            text(
                """
                update ops.ingestion_runs set
                    refresh_mode = :refresh_mode,
                    status = :status,
                    records_announced = :records_announced,
                    records_processed = :records_processed,
                    records_inserted = :records_inserted,
                    records_updated = :records_updated,
                    records_vanished = :records_vanished,
                    records_rejected = :records_rejected,
                    load_ids = :load_ids,
                    error_message = :error_message,
                    error_details = cast(:error_details as jsonb),
                    completed_at = now()
                where run_id = :run_id
                """
            ),
            {
                **asdict(run),
                "error_message": message,
                "error_details": json.dumps(details).replace("\\u0000", "") if details else None,
            },
        )


def root_cause(error: BaseException) -> BaseException:
    """What went wrong first: dlt wraps it in the errors of its steps."""
    while error.__cause__ is not None and not isinstance(error, LoaderError):
        error = error.__cause__
    return error
