"""Keys, checks and indexes are in the database, all of them and no others, and survive rebuilds."""

import psycopg
import pytest

from .catalog import expected_constraints, found_constraints, relations
from .conftest import Warehouse


def test_the_database_holds_the_listed_constraints_and_indexes(warehouse: Warehouse) -> None:
    assert found_constraints(warehouse) == expected_constraints()


def test_every_geography_column_has_a_gist_index(warehouse: Warehouse) -> None:
    geographies = warehouse.rows(
        """
        select c.relname as table_name, a.attname as column_name
        from pg_class as c
        inner join pg_attribute as a on c.oid = a.attrelid and not a.attisdropped
        where
            c.relnamespace = 'marts'::regnamespace and c.relkind in ('r', 'm')
            and a.atttypid = 'geography'::regtype
        """
    )
    assert len(geographies) >= 5
    expected = {f"{row['table_name']}: gist ({row['column_name']})" for row in geographies}
    assert expected <= found_constraints(warehouse)


ONE_LEAD = "(select county_fips, parcel_id_normalized from marts.leads limit 1)"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (
            "update marts.tax_sales set parcel_id_normalized = '000000000000001'",
            psycopg.errors.UniqueViolation,
        ),
        (
            f"""
            update marts.leads set parcel_id_normalized = '000000000000001'
            where (county_fips, parcel_id_normalized) = {ONE_LEAD}
            """,
            psycopg.errors.ForeignKeyViolation,
        ),
        (
            f"""
            delete from marts.properties
            where (county_fips, parcel_id_normalized) = {ONE_LEAD}
            """,
            psycopg.errors.ForeignKeyViolation,
        ),
        ("update marts.lead_scores set total_score = 101", psycopg.errors.CheckViolation),
        ("update marts.lead_scores set tier = 'E'", psycopg.errors.CheckViolation),
        ("update marts.property_records set year_built = 1799", psycopg.errors.CheckViolation),
        ("update marts.foreclosures set default_amount = 0", psycopg.errors.CheckViolation),
        ("update marts.leads set reasons = null", psycopg.errors.NotNullViolation),
    ],
)
def test_the_database_refuses_bad_rows(
    warehouse: Warehouse, change: str, refusal: type[psycopg.Error]
) -> None:
    with warehouse.connect() as connection, pytest.raises(refusal):
        connection.execute(change)


def test_a_full_refresh_of_the_parent_alone_takes_nothing_away(warehouse: Warehouse) -> None:
    before = relations(warehouse)
    filenode = warehouse.value("select pg_relation_filenode('marts.properties')")
    warehouse.build("--full-refresh", "--select", "properties", "int_identity__parcels")
    assert found_constraints(warehouse) == expected_constraints()
    assert relations(warehouse) == before
    assert warehouse.value("select pg_relation_filenode('marts.properties')") == filenode
