"""A code case that the city takes back leaves every table, and is in all of them if it returns."""

from .conftest import LivingWarehouse

REMOVED = 40


def test_a_case_leaves_and_returns(living_warehouse: LivingWarehouse) -> None:
    removed = [
        row["case_number"]
        for row in living_warehouse.rows(
            """
            select case_number from marts.code_violations
            where is_open and parcel_id_normalized is not null
            order by case_number
            limit %s
            """,
            REMOVED,
        )
    ]
    assert len(removed) == REMOVED
    types_before = living_warehouse.value(
        "select count(*) from intermediate.int_proximity__lead_case_types"
    )
    with living_warehouse.connect("wholesaler_loader") as connection:
        connection.execute(
            "update raw.code_violations set _dlt_valid_to = now()"
            " where payload ->> 'apno' = any(%s) and _dlt_valid_to is null",
            [removed],
        )

    living_warehouse.build_models()

    assert _present(living_warehouse, removed) == {"located": 0, "matched": 0, "mart": 0}
    assert _miscounted_types(living_warehouse) == []
    # fewer leads and fewer types: without both the removal of rows would not have been seen
    assert types_before > living_warehouse.value(
        "select count(*) from intermediate.int_proximity__lead_case_types"
    )

    living_warehouse.load("--source", "code_violations", "--full")
    living_warehouse.build_models()

    everywhere = {"located": REMOVED, "matched": REMOVED, "mart": REMOVED}
    assert _present(living_warehouse, removed) == everywhere
    assert _miscounted_types(living_warehouse) == []


def _present(warehouse: LivingWarehouse, cases: list[str]) -> dict[str, int]:
    """How many of the cases each table holds."""
    (row,) = warehouse.rows(
        """
        select
            (
                select count(*) from intermediate.int_code_violations__located
                where case_number = any(%s)
            ) as located,
            (
                select count(*) from intermediate.int_code_violations__matched
                where case_number = any(%s)
            ) as matched,
            (select count(*) from marts.code_violations where case_number = any(%s)) as mart
        """,
        cases,
        cases,
        cases,
    )
    return row


def _miscounted_types(warehouse: LivingWarehouse) -> list[dict[str, object]]:
    """Leads' case types whose stored number is not the one of a full count."""
    return warehouse.rows(
        """
        with counted as (
            select
                cells.county_fips,
                cells.parcel_id_normalized,
                code_violations.violation_type,
                count(*)::integer as cases
            from intermediate.int_scoring__lead_signals
            inner join intermediate.int_proximity__property_cells as cells
                using (county_fips, parcel_id_normalized)
            inner join marts.code_violations
                on
                    cells.county_fips = code_violations.county_fips
                    and (cells.x_feet - code_violations.x_feet)
                    * (cells.x_feet - code_violations.x_feet)
                    + (cells.y_feet - code_violations.y_feet)
                    * (cells.y_feet - code_violations.y_feet)
                    <= cells.reach_feet * cells.reach_feet
            where code_violations.violation_type is not null
            group by
                cells.county_fips, cells.parcel_id_normalized, code_violations.violation_type
        )
        select
            parcel_id_normalized,
            violation_type,
            counted.cases as cases,
            stored.cases as stored_cases
        from counted
        full outer join intermediate.int_proximity__lead_case_types as stored
            using (county_fips, parcel_id_normalized, violation_type)
        where counted.cases is distinct from stored.cases
        """
    )
