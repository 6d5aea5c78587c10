"""Whether the floor's eight tables are those of dbt: columns, constraints, indexes and rows."""

import psycopg
from psycopg import sql

TABLES = (
    "properties",
    "tax_sales",
    "foreclosures",
    "property_records",
    "code_violations",
    "lead_scores",
    "lead_score_history",
    "data_ingestion_runs",
)
# when a row was written, by the clock: the only columns that may differ
IGNORED_COLUMNS = ("created_at", "updated_at", "changed_at", "scored_at")

COLUMNS = """
    select attname || ' ' || format_type(atttypid, atttypmod)
        || case when attnotnull then ' not null' else '' end
    from pg_attribute
    where attrelid = %s::regclass and attnum > 0 and not attisdropped
"""
CONSTRAINTS = """
    select replace(pg_get_constraintdef(oid), ' ' || connamespace::regnamespace || '.', ' ')
        || case when contype = 'c' then ' ' || conname else '' end
    from pg_constraint
    where conrelid = %s::regclass
"""
INDEXES = """
    select regexp_replace(pg_get_indexdef(indexrelid), '.* USING ', 'index ')
    from pg_index
    where indrelid = %s::regclass
"""
# A sum of 64-bit hashes: in any order, in one pass, and rows that occur twice count twice.
CHECKSUM = """
    select count(*), coalesce(sum(hashtextextended(row({columns})::text, 0)::numeric), 0)
    from {schema}.{table}
"""


def differences(
    connection: psycopg.Connection, floor_schema: str, schema: str = "marts"
) -> list[str]:
    """What the tables of `floor_schema` have otherwise than those of `schema`, one line each."""
    return [
        f"{table}: {line}"
        for table in TABLES
        for line in (
            _definition_differences(connection, table, floor_schema, schema)
            or _row_differences(connection, table, floor_schema, schema)
        )
    ]


def _definition_differences(
    connection: psycopg.Connection, table: str, floor_schema: str, schema: str
) -> list[str]:
    found = []
    for query in (COLUMNS, CONSTRAINTS, INDEXES):
        floor, dbt = (
            {line for (line,) in connection.execute(query, [f"{place}.{table}"])}
            for place in (floor_schema, schema)
        )
        found += [f"only the floor has {line}" for line in sorted(floor - dbt)]
        found += [f"only dbt has {line}" for line in sorted(dbt - floor)]
    return found


def _row_differences(
    connection: psycopg.Connection, table: str, floor_schema: str, schema: str
) -> list[str]:
    names = [
        name
        for (name,) in connection.execute(
            """
            select attname from pg_attribute
            where attrelid = %s::regclass and attnum > 0 and not attisdropped and attname <> all(%s)
            order by attname
            """,
            [f"{schema}.{table}", list(IGNORED_COLUMNS)],
        )
    ]
    floor, dbt = (checksum(connection, place, table, names) for place in (floor_schema, schema))
    if floor == dbt:
        return []
    if floor[0] != dbt[0]:
        return [f"{floor[0]:,} rows, dbt has {dbt[0]:,}"]
    differing = [
        name
        for name in names
        if checksum(connection, floor_schema, table, [name])
        != checksum(connection, schema, table, [name])
    ]
    return [f"differs in {', '.join(differing) or 'which values stand together'}"]


def checksum(
    connection: psycopg.Connection, schema: str, table: str, columns: list[str]
) -> tuple[int, int]:
    """Number of rows, and a checksum over these columns that does not depend on their order."""
    query = sql.SQL(CHECKSUM).format(
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        schema=sql.Identifier(schema),
        table=sql.Identifier(table),
    )
    return connection.execute(query).fetchone()  # type: ignore[return-value]
