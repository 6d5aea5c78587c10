"""wholesaler_reader reads marts without personal data, and nothing else."""

import psycopg
import pytest

from .conftest import Warehouse
from .manifest import Manifest


@pytest.fixture(scope="module")
def personal(warehouse: Warehouse) -> set[str]:
    """`table.column` of every column tagged `meta: {pii: true}` in marts."""
    columns = {
        f"{model['alias']}.{column['name']}"
        for model in Manifest.of(warehouse).models("marts")
        for column in model["columns"].values()
        if column["config"]["meta"].get("pii")
    }
    assert {"property_records.owner_name_1", "foreclosures.borrowers_name"} <= columns
    return columns


@pytest.fixture(scope="module")
def columns(warehouse: Warehouse) -> dict[str, list[str]]:
    """Columns of every table, view and materialized view of marts."""
    rows = warehouse.rows(
        """
        select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
        from pg_class as c
        inner join pg_attribute as a on c.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = 'marts'::regnamespace and c.relkind in ('r', 'v', 'm')
        group by c.relname
        """
    )
    return {row["name"]: row["columns"] for row in rows}


def test_readers_can_read_every_column_without_personal_data(
    warehouse: Warehouse, columns: dict[str, list[str]], personal: set[str]
) -> None:
    assert len(columns) >= 15
    with warehouse.connect("wholesaler_reader") as connection:
        for table, names in columns.items():
            readable = ", ".join(name for name in names if f"{table}.{name}" not in personal)
            connection.execute(f"select {readable} from marts.{table} limit 1")


def test_readers_can_read_no_personal_data(warehouse: Warehouse, personal: set[str]) -> None:
    with warehouse.connect("wholesaler_reader") as connection:
        for name in personal:
            table, column = name.split(".")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"select {column} from marts.{table} limit 1")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from marts.property_records limit 1")


def test_no_readable_column_repeats_a_name(
    warehouse: Warehouse, columns: dict[str, list[str]], personal: set[str]
) -> None:
    names = warehouse.rows(
        """
        (select owner_name_1 as name from marts.property_records where owner_name_1 <> '' limit 200)
        union
        (select borrowers_name from marts.foreclosures where borrowers_name <> '' limit 200)
        """
    )
    pattern = [f"%{row['name']}%" for row in names if len(row["name"]) > 8]
    assert len(pattern) > 100
    repeating = [
        table
        for table, table_columns in columns.items()
        if (readable := [name for name in table_columns if f"{table}.{name}" not in personal])
        and warehouse.value(
            f"select count(*) from marts.{table}"
            f" where row({', '.join(readable)})::text like any(%s)",
            pattern,
        )
    ]
    assert repeating == []


@pytest.mark.parametrize(
    "schema",
    ["raw", "raw_staging", "ops", "staging", "intermediate", "snapshots", "seeds", "quality"],
)
def test_readers_have_no_way_into_other_schemas(warehouse: Warehouse, schema: str) -> None:
    with warehouse.connect("wholesaler_reader") as connection:
        tables = connection.execute(
            "select relname from pg_class"
            " where relnamespace = %s::regnamespace and relkind in ('r', 'v')",
            [schema],
        ).fetchall()
        assert tables or schema == "raw_staging"
        for table in tables:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"select 1 from {schema}.{table['relname']} limit 1")


def test_readers_cannot_write_or_create(warehouse: Warehouse) -> None:
    with warehouse.connect("wholesaler_reader") as connection:
        for statement in (
            "delete from marts.leads",
            "update marts.leads set tier = 'A'",
            "create table marts.mine (id int)",
            "create temporary table mine (id int)",
            "select * from quality.trace_property('12095', '000000000000001')",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
