"""What the sources, the loads and the database look like right now."""

import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from loaders.arcgis import ArcgisReader
from loaders.database import connect
from loaders.errors import LoaderError
from loaders.registry import Source
from loaders.settings import Settings
from loaders.socrata import SocrataReader


@dataclass(frozen=True)
class SourceAnswer:
    """What a source answers: which fields that staging needs it lacks, and how much it counts."""

    missing_fields: list[str]
    records: int
    page_size: int


def ask_source(source: Source, settings: Settings) -> SourceAnswer:
    """Ask for metadata and for a count: metadata alone also answers while queries hang.

    Raises:
        LoaderError: the source answers with errors or not at all.
    """
    reader = (ArcgisReader if source.kind == "arcgis" else SocrataReader)(source, settings)
    description = reader.describe()
    missing = []
    for needed in [*source.key_fields, *source.needed_fields]:
        spellings = [needed] if isinstance(needed, str) else needed
        if not description.field_names.intersection(spellings):
            missing.append(" or ".join(spellings))
    return SourceAnswer(list(dict.fromkeys(missing)), reader.count(), description.page_size)


@dataclass(frozen=True)
class SourceStatus:
    """The last run of a source, and the age of the last one that succeeded."""

    county_fips: str
    source_type: str
    freshness_hours: int
    status: str | None
    started_at: datetime | None
    processed: int | None
    error_message: str | None
    age_hours: float | None

    @property
    def is_stale(self) -> bool:
        return self.age_hours is None or self.age_hours > self.freshness_hours


def source_statuses(database: Engine) -> list[SourceStatus]:
    """One entry per registered source; the registry is in the database after the first load."""
    with connect(database) as connection:
        rows = connection.execute(
            text(
                """
                select
                    registered.county_fips,
                    registered.source_type,
                    registered.freshness_hours,
                    last_run.status,
                    last_run.started_at,
                    last_run.records_processed,
                    last_run.error_message,
                    extract(epoch from now() - good.started_at) / 3600.0 as age_hours
                from ops.registry_sources as registered
                left join lateral (
                    select status, started_at, records_processed, error_message
                    from ops.ingestion_runs as run
                    where
                        run.county_fips = registered.county_fips
                        and run.source_type = registered.source_type
                    order by started_at desc
                    limit 1
                ) as last_run on true
                left join lateral (
                    select max(started_at) as started_at
                    from ops.ingestion_runs as run
                    where
                        run.county_fips = registered.county_fips
                        and run.source_type = registered.source_type
                        and run.status in ('success', 'partial')
                ) as good on true
                order by registered.county_fips, registered.source_type
                """
            )
        ).all()
    return [SourceStatus(*row[:7], None if row[7] is None else float(row[7])) for row in rows]


def top_leads(database: Engine, limit: int) -> tuple[list, list]:
    """(tier, number of leads) rows and the best leads, from `marts.leads`.

    Raises:
        LoaderError: the warehouse was not built yet.
    """
    with connect(database) as connection:
        try:
            tiers = connection.execute(
                text("select tier, count(*) from marts.leads group by tier order by tier")
            ).all()
        except ProgrammingError as error:
            raise LoaderError(
                "There is no marts.leads yet. Load the sources and build the warehouse: "
                "`make load build`, or `make demo` for all of it."
            ) from error
        leads = connection.execute(
            text(
                """
                select
                    situs_address, city, zip_code, total_score, tier, reasons,
                    sale_date, auction_date, parcel_id_normalized
                from marts.leads
                order by total_score desc, county_fips, parcel_id_normalized
                limit :limit
                """
            ),
            {"limit": limit},
        ).all()
    return tiers, leads


def database_health(database: Engine) -> dict[str, str]:
    """Facts that show a database is reachable and prepared, in words."""
    url = database.url
    with connect(database) as connection:
        version = connection.scalar(text("show server_version"))
        postgis = connection.scalar(
            text("select extversion from pg_extension where extname = 'postgis'")
        )
        prepared = connection.scalar(
            text("select count(*) from pg_namespace where nspname in ('raw', 'ops', 'marts')")
        )
        size = connection.scalar(
            text("select pg_size_pretty(pg_database_size(current_database()))")
        )
    started = time.perf_counter()
    with connect(database) as connection:
        connection.execute(text("select 1"))
    milliseconds = (time.perf_counter() - started) * 1000
    return {
        "database": f"{url.database} at {url.host}:{url.port}, as {url.username}",
        "PostgreSQL": version,
        "PostGIS": postgis or "missing: run `make up`",
        "schemas": "prepared" if prepared == 3 else "missing: run `make up`",
        "size": size,
        "round trip through the pool": f"{milliseconds:.1f} ms ({database.pool.status()})",
    }
