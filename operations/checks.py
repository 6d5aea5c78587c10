"""Checks by SQL: is the database sound, are sources fresh, is the data complete?"""

from sqlalchemy import Connection, Engine, column, func, select, table, text

from loaders.checks import SourceStatus, source_statuses
from loaders.database import connect
from operations.quality import Finding, judged

CONNECTIONS_USED_LIMIT = 0.8
REJECTED_LIMIT = 0.01  # of the records of a load
SHRINKAGE_LIMIT = 0.8  # of what the source held in the month before
UNLOCATED_LIMIT = 0.1  # of the active properties

INVALID_INDEXES = text(
    """
    select string_agg(indexrelid::regclass::text, ', ')
    from pg_index
    inner join pg_class on pg_class.oid = pg_index.indexrelid
    where
        not (pg_index.indisvalid and pg_index.indisready)
        and pg_class.relnamespace::regnamespace::text in ('raw', 'marts', 'snapshots', 'ops')
    """
)

UNINDEXED_GEOGRAPHIES = text(
    """
    select string_agg(format('%s.%s', f_table_name, f_geography_column), ', ')
    from geography_columns
    inner join pg_class
        on pg_class.oid = to_regclass(format('%I.%I', f_table_schema, f_table_name))
    inner join pg_attribute
        on pg_attribute.attrelid = pg_class.oid and pg_attribute.attname = f_geography_column
    where
        f_table_schema = 'marts'
        and pg_class.relkind in ('r', 'p', 'm')
        and not exists (
            select from pg_index
            inner join pg_class as index_class on index_class.oid = pg_index.indexrelid
            inner join pg_am on pg_am.oid = index_class.relam and pg_am.amname = 'gist'
            where
                pg_index.indrelid = pg_class.oid
                and pg_index.indisvalid
                and pg_attribute.attnum = any(pg_index.indkey)
        )
    """
)

UNVALIDATED_CONSTRAINTS = text(
    """
    select string_agg(format('%s on %s', conname, conrelid::regclass), ', ')
    from pg_constraint
    where not convalidated and connamespace::regnamespace::text in ('marts', 'ops')
    """
)

# A thousandth of a degree of latitude at 28 degrees north, in metres.
KNOWN_DISTANCE = text(
    """
    select st_distance(
        'SRID=4326;POINT(-81.4 28.5)'::geography, 'SRID=4326;POINT(-81.4 28.501)'::geography
    )
    """
)

CONNECTIONS_USED = text(
    """
    select count(*)::float / current_setting('max_connections')::int
    from pg_stat_activity where backend_type = 'client backend'
    """
)

MISPLACED = text(
    """
    select count(*)
    from marts.properties
    where
        (coordinates is null) is distinct from (latitude is null)
        or abs(st_y(coordinates::geometry) - latitude) > 1e-6
        or abs(st_x(coordinates::geometry) - longitude) > 1e-6
    """
)

UNLOCATED = text(
    """
    select coalesce(avg((coordinates is null)::int), 0)::float
    from marts.properties where is_active
    """
)

# Leads cannot be none while somebody's sale is on a list.
LEADS = text(
    """
    select
        (select count(*) from marts.leads) as leads,
        (select count(*) from marts.tax_sales) + (select count(*) from marts.foreclosures) as cases
    """
)

LARGEST_RECENT_READ = text(
    """
    select max(records_processed)
    from ops.ingestion_runs
    where
        county_fips = :county_fips
        and source_type = :source_type
        and refresh_mode = 'full'
        and status in ('success', 'partial')
        and started_at > now() - interval '30 days'
    """
)


def check_database(database: Engine) -> list[Finding]:
    """PostGIS computes, indexes and constraints are valid, connections are left."""
    with connect(database) as connection:
        metres = connection.scalar(KNOWN_DISTANCE)
        used = connection.scalar(CONNECTIONS_USED)
        return [
            judged(
                "postgis",
                "database",
                110 < metres < 111.5,
                f"PostGIS {connection.scalar(text('select postgis_lib_version()'))}, PostgreSQL "
                f"{connection.scalar(text('show server_version'))}: a known distance is "
                f"{metres:.1f} m",
                "PostGIS computes nonsense: compare its library with the extension, "
                "`select postgis_full_version()`, and run `select postgis_extensions_upgrade()`.",
            ),
            judged(
                "connections",
                "database",
                used < CONNECTIONS_USED_LIMIT,
                f"{used:.0%} of max_connections are in use",
                "Look for idle clients in pg_stat_activity; lower DATABASE_POOL_SIZE or raise "
                "max_connections.",
                "warning",
            ),
            _none_of(
                connection,
                "invalid_indexes",
                INVALID_INDEXES,
                "`reindex index concurrently` each of them.",
            ),
            _none_of(
                connection,
                "geographies_without_gist_index",
                UNINDEXED_GEOGRAPHIES,
                "`dbt run --full-refresh` the table, with everything that depends on it (name+).",
            ),
            _none_of(
                connection,
                "unvalidated_constraints",
                UNVALIDATED_CONSTRAINTS,
                "`alter table ... validate constraint`; it names the rows that break it.",
            ),
        ]


def _none_of(connection: Connection, name: str, query, next_step: str) -> Finding:
    found = connection.scalar(query)
    return judged(name, "database", found is None, found or "none", next_step)


def check_freshness(database: Engine) -> list[Finding]:
    """Each registered source was loaded within its freshness_hours."""
    return [_freshness(status) for status in source_statuses(database)]


def _freshness(source: SourceStatus) -> Finding:
    name = f"{source.county_fips} {source.source_type}"
    if source.is_stale:
        age = "never" if source.age_hours is None else f"{source.age_hours:.1f} hours ago"
        return Finding(
            name,
            "freshness",
            "error",
            f"last loaded {age}, the limit is {source.freshness_hours} hours. "
            + (source.error_message or ""),
            "`python -m loaders check` shows what the source answers. If it is well, trigger "
            "daily_property_ingestion.",
        )
    return judged(
        name,
        "freshness",
        source.status != "failure",
        f"loaded {source.age_hours:.1f} hours ago" + f". {source.error_message or ''}".rstrip(". "),
        "The last load failed, what is there is still fresh. See the run's log in Airflow.",
        "warning",
    )


def check_completeness(database: Engine) -> list[Finding]:
    """Each source has records, about as many as lately, few rejected; leads follow from them."""
    with connect(database) as connection:
        findings = [
            _completeness(connection, source)
            for source in source_statuses(database)
            if source.status is not None
        ]
        leads, cases = connection.execute(LEADS).one()
        unlocated = connection.scalar(UNLOCATED)
    return [
        *findings,
        judged(
            "leads",
            "completeness",
            leads > 0 or cases == 0,
            f"{leads:,} leads from {cases:,} tax sales and foreclosures",
            "Cases match no property: look at quality.rejected_rows and at the parcel ids.",
        ),
        judged(
            "properties_without_coordinates",
            "completeness",
            unlocated <= UNLOCATED_LIMIT,
            f"{unlocated:.1%} of the active properties",
            "Look at value_issues in staging: the county may have changed its coordinates.",
            "warning",
        ),
    ]


def _completeness(connection: Connection, source: SourceStatus) -> Finding:
    landed = table(source.source_type, column("county_fips"), column("_dlt_valid_to"), schema="raw")
    current = connection.scalar(
        select(func.count())
        .select_from(landed)
        .where(landed.c.county_fips == source.county_fips, landed.c["_dlt_valid_to"].is_(None))
    )
    key = {"county_fips": source.county_fips, "source_type": source.source_type}
    largest = connection.scalar(LARGEST_RECENT_READ, key) or 0
    rejected = connection.scalar(
        text(
            """
            select records_rejected::float / nullif(records_processed, 0)
            from ops.ingestion_runs
            where county_fips = :county_fips and source_type = :source_type
            order by started_at desc
            limit 1
            """
        ),
        key,
    )
    name = f"{source.county_fips} {source.source_type} records"
    if current == 0:
        return Finding(
            name,
            "completeness",
            "error",
            "no current record",
            "`python -m loaders check`; then trigger daily_property_ingestion.",
        )
    if current < SHRINKAGE_LIMIT * largest:
        return Finding(
            name,
            "completeness",
            "warning",
            f"{current:,} current records, the largest read of 30 days had {largest:,}",
            "Ask the county's site whether it really holds fewer; what vanished is kept in raw.",
        )
    return judged(
        name,
        "completeness",
        (rejected or 0) <= REJECTED_LIMIT,
        f"{current:,} current records, {rejected or 0:.2%} of the last load rejected",
        "Look at raw.rejected_records: reason and record are kept there.",
        "warning",
    )


def check_places(database: Engine) -> Finding:
    """The points readers map agree with the latitudes and longitudes beside them."""
    with connect(database) as connection:
        misplaced = connection.scalar(MISPLACED)
    return judged(
        "coordinates_agree",
        "consistency",
        misplaced == 0,
        f"{misplaced:,} properties whose point differs from their latitude and longitude",
        "Rebuild: `dbt run --full-refresh --select properties+`.",
    )
