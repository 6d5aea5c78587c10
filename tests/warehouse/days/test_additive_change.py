"""A new column reaches a mart in place, is filled in place, and can be rolled back."""

from pathlib import Path
from typing import Any

import psycopg
import pytest

from ..catalog import expected_constraints, found_constraints
from ..project import copied_project, dbt_arguments, edit
from .conftest import LivingWarehouse


def state(warehouse: LivingWarehouse) -> dict[str, Any]:
    """The table's file on disk, and its rows but the new column."""
    return {
        "filenode": warehouse.value("select pg_relation_filenode('marts.property_records')"),
        "rows": warehouse.value(
            """
            select md5(string_agg(row(
                county_fips, parcel_id_normalized, lot_size_acres, source_version, created_at
            )::text, '|' order by county_fips, parcel_id_normalized))
            from marts.property_records
            """
        ),
    }


def test_a_new_column_is_added_filled_and_rolled_back_in_place(
    living_warehouse: LivingWarehouse, tmp_path: Path
) -> None:
    project = copied_project(tmp_path)
    core = project / "dbt_project" / "models" / "marts" / "core"
    edit(
        core / "property_records.sql",
        (
            "        records.lot_size_acres,\n",
            "        records.lot_size_acres,\n"
            "        (records.lot_size_acres * 43560)::numeric(14, 0) as lot_size_sqft,\n",
        ),
    )
    edit(
        core / "_core__models.yml",
        (
            "      - name: lot_size_acres\n",
            "      - name: lot_size_sqft\n"
            "        description: Lot size in square feet.\n"
            "        data_type: numeric(14,0)\n"
            "      - name: lot_size_acres\n",
        ),
    )
    before = state(living_warehouse)
    with living_warehouse.connect() as connection:  # what a rebuilt parent would do
        (name,) = connection.execute(
            "select conname from pg_constraint"
            " where conrelid = 'marts.property_records'::regclass and contype = 'f'"
        ).fetchall()
        connection.execute(f"alter table marts.property_records drop constraint {name['conname']}")
        connection.execute(  # what is left of a column that was not personal data before
            "grant select (owner_name_1) on marts.property_records to wholesaler_reader"
        )
    only = ("--select", "property_records", "--indirect-selection", "cautious")
    changed = (*only, *dbt_arguments(project))

    living_warehouse.build_models(*changed)
    filled = "select count(*) from marts.property_records where lot_size_sqft is not null"
    assert living_warehouse.value(filled) == 0
    assert state(living_warehouse) == before
    assert found_constraints(living_warehouse) == expected_constraints()
    with living_warehouse.connect("wholesaler_reader") as connection:
        connection.execute("select lot_size_sqft from marts.property_records")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select owner_name_1 from marts.property_records")

    living_warehouse.build_models("--full-refresh", *changed)
    wrong = """
        select count(*) from marts.property_records
        where lot_size_sqft is distinct from round(lot_size_acres * 43560)
    """
    assert living_warehouse.value(filled) > 1000
    assert living_warehouse.value(wrong) == 0
    assert state(living_warehouse) == before

    living_warehouse.build_models(*only)  # the project as it was: the column stays, nothing breaks
    assert state(living_warehouse) == before
    with living_warehouse.connect() as connection:
        connection.execute("alter table marts.property_records drop column lot_size_sqft")
