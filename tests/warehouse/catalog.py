"""What PostgreSQL's catalogue says of the reader tables."""

from pathlib import Path

from .conftest import Warehouse

EXPECTED_CONSTRAINTS = Path(__file__).with_name("expected_constraints.txt")


def expected_constraints() -> set[str]:
    """Lines `table: constraint or index` of expected_constraints.txt."""
    expected: set[str] = set()
    table = ""
    for line in EXPECTED_CONSTRAINTS.read_text().splitlines():
        if line.startswith("    "):
            expected.add(f"{table}: {line.strip()}")
        elif line and not line.startswith("#"):
            table = line
    return expected


def found_constraints(warehouse: Warehouse) -> set[str]:
    """The same lines from pg_catalog, for every table and materialized view of marts."""
    rows = warehouse.rows(
        """
        select relations.relname || ': ' || case constraints.contype
            when 'c' then 'check ' || constraints.conname
            else regexp_replace(
                lower(pg_get_constraintdef(constraints.oid)),
                ' references marts[.](.*)[(].*',
                ' to \\1'
            )
        end as line
        from pg_constraint as constraints
        inner join pg_class as relations on constraints.conrelid = relations.oid
        where constraints.connamespace = 'marts'::regnamespace
        union all
        select relations.relname || ': ' || case when indexes.indisunique then 'unique ' else '' end
            || regexp_replace(pg_get_indexdef(indexes.indexrelid), '.* USING ', '') as line
        from pg_index as indexes
        inner join pg_class as relations on indexes.indrelid = relations.oid
        where relations.relnamespace = 'marts'::regnamespace and not indexes.indisprimary
        """
    )
    return {row["line"] for row in rows}


def relations(warehouse: Warehouse) -> set[str]:
    """`schema.name kind` of every table, view and materialized view that dbt owns."""
    rows = warehouse.rows(
        """
        select n.nspname || '.' || c.relname || ' ' || c.relkind::text as line
        from pg_class as c
        inner join pg_namespace as n on c.relnamespace = n.oid
        where
            n.nspname = any(%s) and c.relkind in ('r', 'v', 'm')
        """,
        ["staging", "intermediate", "marts", "snapshots", "seeds", "quality"],
    )
    return {row["line"] for row in rows}


def row_checksums(warehouse: Warehouse, *ignored: str) -> dict[str, tuple[int, str]]:
    """Rows and a checksum over all columns but the ignored ones, per table of marts."""
    tables = warehouse.rows(
        """
        select c.relname as name, array_agg(a.attname::text order by a.attname) as columns
        from pg_class as c
        inner join pg_attribute as a on c.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
        where
            c.relnamespace = 'marts'::regnamespace and c.relkind in ('r', 'm')
            and a.attname <> all(%s)
        group by c.relname
        """,
        list(ignored),
    )
    checksums = {}
    for table in tables:
        row = ", ".join(f'"{column}"' for column in table["columns"])
        (found,) = warehouse.rows(
            f"""
            select count(*) as rows, md5(string_agg(line, '|' order by line)) as checksum
            from (select md5(row({row})::text) as line from marts.{table["name"]}) as lines
            """
        )
        checksums[table["name"]] = (found["rows"], found["checksum"])
    return checksums
