"""The bodies of Airflow's Python tasks: each opens the settings and the database for itself.

Light to import, because the DAG files import it: dlt and dbt come in where they work.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from airflow.sdk import get_current_context
from sqlalchemy import Engine

from loaders.checks import database_health, top_leads
from loaders.database import LOADER_ROLE, TRANSFORMER_ROLE, connect, engine
from loaders.settings import load_settings
from operations import announcements, checks, quality, report, retention
from operations.channels import Channel, enabled_channels
from operations.run_date import run_date


@contextmanager
def _database(role: str = TRANSFORMER_ROLE) -> Iterator[Engine]:
    database = engine(load_settings(), role)
    try:
        yield database
    finally:
        database.dispose()


def _channel(name: str) -> Channel:
    get_current_context()["channel"] = name  # shown as the name of the mapped task
    return next(channel for channel in enabled_channels(load_settings()) if channel.name == name)


def check_database() -> dict[str, str]:
    """The database answers and is prepared."""
    with _database(LOADER_ROLE) as database:
        facts = database_health(database)
    missing = [f"{name} {fact}" for name, fact in facts.items() if fact.startswith("missing")]
    if missing:
        raise RuntimeError("; ".join(missing))
    return facts


def list_sources() -> list[dict[str, str]]:
    """What the registry names, copied to the database for dbt."""
    from loaders.run import register

    selected = register(load_settings())
    return [{"county_fips": county, "source": source} for county, source, _ in selected]


def load(county_fips: str, source: str) -> dict[str, int | str]:
    """One source of a county: read it completely, land what changed."""
    from loaders.run import load_source

    get_current_context()["load_name"] = f"{county_fips} {source}"
    run = load_source(county_fips, source)
    return {
        "source": source,
        "status": run.status,
        "read": run.records_processed,
        "new": run.records_inserted,
        "changed": run.records_updated,
        "vanished": run.records_vanished,
        "rejected": run.records_rejected,
    }


def tier_statistics() -> dict[str, int]:
    """Number of leads per tier."""
    with _database() as database:
        tiers, _ = top_leads(database, limit=1)
    return {tier: number for tier, number in tiers}


def list_channels() -> list[str]:
    """The channels that are switched on."""
    return [channel.name for channel in enabled_channels(load_settings())]


def write_report(params: Any = None, triggering_asset_events: Any = None) -> str:
    """The report of the day as text, whether or not anybody receives it."""
    with _database() as database, connect(database) as connection:
        message = report.daily_report(connection, run_date(params, triggering_asset_events))
    return f"{message.subject}\n\n{message.text}"


def announce(channel: str, run_id: str | None = None) -> int:
    """Tell this channel of every tier A lead it was not told of."""
    with _database() as database:
        return announcements.announce(_channel(channel), database, load_settings(), run_id)


def send_report(
    channel: str, params: Any = None, triggering_asset_events: Any = None, run_id: str | None = None
) -> bool:
    """The report of the day, once per channel; tells whether it went out now."""
    day = run_date(params, triggering_asset_events)
    with _database() as database:
        return report.send_daily_report(_channel(channel), database, day, run_id)


def database_is_sound(run_id: str | None = None) -> None:
    """PostgreSQL, PostGIS, indexes, constraints, connections."""
    with _database() as database:
        quality.save(database, run_id, checks.check_database(database))


def sources_are_fresh(run_id: str | None = None) -> None:
    """Each source against its freshness_hours in the registry."""
    with _database() as database:
        quality.save(database, run_id, checks.check_freshness(database))


def data_is_complete(run_id: str | None = None) -> None:
    """Records per source, rejects, leads, coordinates."""
    with _database() as database:
        quality.save(database, run_id, checks.check_completeness(database))


def marts_are_consistent(run_id: str | None = None) -> None:
    """dbt selector `quality`: reports, and the tests that hold across models."""
    from operations.dbt_tests import run_quality_selector

    with _database() as database:
        findings = [*run_quality_selector(), checks.check_places(database)]
        quality.save(database, run_id, findings)


def tell_problems(run_id: str | None = None) -> int:
    """One message with all that is wrong, none when nothing is. Returns the number of errors."""
    with _database() as database:
        found = quality.problems(database, run_id)
    if found:
        message = quality.problems_message(found)
        print(f"{message.subject}\n\n{message.text}")
        for channel in enabled_channels(load_settings()):
            channel.send(message)
    return sum(finding.status == "error" for finding in found)


def remove_expired() -> dict[str, int]:
    """Retention: superseded versions, history and closed log entries, never current rows."""
    return retention.remove_expired(load_settings(), datetime.now(UTC))
