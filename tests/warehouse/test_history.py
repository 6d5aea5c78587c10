"""History over a week: two runs on one day, a missed day, a sale that vanishes and returns."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from .conftest import Warehouse, arcgis_answer, serving

SALES = {
    "stays": {"USER_TDA_NUM": "2025-1", "USER_PARCEL": "01-22-29-0000-00-001"},
    "returns": {"USER_TDA_NUM": "2025-2", "USER_PARCEL": "01-22-29-0000-00-002"},
}
RETURNS = "292201000000002"


@pytest.fixture(scope="module")
def week(
    new_warehouse: Callable[..., Warehouse], tmp_path_factory: pytest.TempPathFactory
) -> Warehouse:
    """Runs on Monday (twice), Tuesday (one sale gone), Thursday (back, on a later date)."""
    folder: Path = tmp_path_factory.mktemp("week")
    roll = {"SITUS": "1 SAMPLE ST", "TOTAL_MKT": 250000, "TOTAL_ASSD": 100000, "TAXES": 2000}
    roll |= {"LIVING_AREA": 1500, "LATITUDE": 28.5, "LONGITUDE": -81.4}
    parcels = ("292201000000001", RETURNS)
    (folder / "property_records.json").write_text(
        arcgis_answer(*(roll | {"PARCEL": parcel} for parcel in parcels))
    )
    warehouse = new_warehouse("week")

    def run(day: str, **sale_dates: str) -> None:
        sales = [SALES[name] | {"USER_Sale_Date": date} for name, date in sale_dates.items()]
        (folder / "tax_sales.json").write_text(arcgis_answer(*sales))
        with serving("--from", str(folder)) as url:
            today = replace(warehouse, sandbox_url=url, as_of=day)
            today.load()
            today.build("--exclude-resource-type", "unit_test", "test")

    run("2026-03-02", stays="03/26/2026", returns="03/26/2026")
    run("2026-03-02", stays="03/26/2026", returns="03/26/2026")
    run("2026-03-03", stays="03/26/2026")
    run("2026-03-05", stays="03/26/2026", returns="04/09/2026")
    return warehouse


def versions(week: Warehouse, snapshot: str) -> list[tuple[str, str]]:
    """(first day, deleted?) of each version of the parcel that returns."""
    return [
        (row["first_day"], row["dbt_is_deleted"])
        for row in week.rows(
            f"""
            select (dbt_valid_from at time zone 'America/New_York')::date::text as first_day,
                dbt_is_deleted
            from snapshots.{snapshot}
            where parcel_id_normalized = %s
            order by dbt_valid_from
            """,
            RETURNS,
        )
    ]


@pytest.mark.parametrize("snapshot", ["tax_sales_snapshot", "leads_snapshot"])
def test_vanished_and_returned_rows_are_versions(week: Warehouse, snapshot: str) -> None:
    assert versions(week, snapshot) == [
        ("2026-03-02", "False"),
        ("2026-03-03", "True"),
        ("2026-03-05", "False"),
    ]


def test_a_version_ends_where_the_next_begins(week: Warehouse) -> None:
    snapshots = week.rows(
        "select relname from pg_class where relnamespace = 'snapshots'::regnamespace"
        " and relkind = 'r'"
    )
    assert len(snapshots) == 6
    followed = 0
    for snapshot in snapshots:
        (found,) = week.rows(
            f"""
            select
                count(*) filter (where dbt_valid_to is distinct from next_from) as torn,
                count(*) filter (where dbt_valid_to <= dbt_valid_from) as turned_back,
                count(next_from) as followed
            from (
                select
                    dbt_valid_from,
                    dbt_valid_to,
                    lead(dbt_valid_from) over (
                        partition by county_fips, parcel_id_normalized
                        order by dbt_valid_from
                    ) as next_from
                from snapshots.{snapshot["relname"]}
            ) as versions
            """
        )
        assert (found["torn"], found["turned_back"]) == (0, 0), snapshot
        followed += found["followed"]
    assert followed > 6


def test_lead_changes_tell_before_and_after(week: Warehouse) -> None:
    changes = week.rows(
        """
        select change_date::text, change_type, before_value, after_value
        from marts.lead_changes
        where parcel_id_normalized = %s
        order by changed_at, change_type
        """,
        RETURNS,
    )
    assert [tuple(change.values()) for change in changes] == [
        ("2026-03-02", "new_lead", None, "B"),
        ("2026-03-02", "sale_scheduled", None, "2026-03-26"),
        ("2026-03-03", "lead_gone", "B", None),
        ("2026-03-03", "sale_gone", "2026-03-26", None),
        ("2026-03-05", "new_lead", None, "B"),
        ("2026-03-05", "sale_scheduled", None, "2026-04-09"),
    ]


def test_the_list_of_any_day(week: Warehouse) -> None:
    days = week.rows(
        """
        select
            as_of_date::text,
            array_agg(right(parcel_id_normalized, 1) order by parcel_id_normalized) as leads
        from marts.leads_as_of
        group by as_of_date
        order by as_of_date
        """
    )
    assert {day["as_of_date"]: day["leads"] for day in days} == {
        "2026-03-02": ["1", "2"],
        "2026-03-03": ["1"],
        "2026-03-04": ["1"],
        "2026-03-05": ["1", "2"],
    }


def test_scores_of_every_day(week: Warehouse) -> None:
    def daily(parcel: str) -> list[dict[str, Any]]:
        return week.rows(
            """
            select score_date::text as day, total_score
            from marts.lead_score_daily
            where parcel_id_normalized = %s
            order by score_date
            """,
            parcel,
        )

    stays, returns = daily("292201000000001"), daily(RETURNS)
    days = [f"2026-03-0{day}" for day in range(2, 6)]
    assert [row["day"] for row in stays] == [row["day"] for row in returns] == days
    assert len({row["total_score"] for row in stays}) == 1
    # without its sale the property is scored lower, and its history says when
    assert returns[1]["total_score"] == returns[2]["total_score"] < returns[0]["total_score"]
    history = week.rows(
        "select snapshot_date::text as day from marts.lead_score_history"
        " where parcel_id_normalized = %s order by 1",
        RETURNS,
    )
    assert [row["day"] for row in history] == ["2026-03-02", "2026-03-03", "2026-03-05"]
