"""The questions of docs/questions.md, their answers checked against the tables themselves."""

import json
import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from .conftest import AS_OF, ROOT, Warehouse

COUNTY = "12095"


@pytest.fixture(scope="module")
def leads(warehouse: Warehouse) -> list[dict[str, Any]]:
    leads = warehouse.rows(
        "select * from marts.leads order by total_score desc, parcel_id_normalized"
    )
    assert len(leads) > 20
    return leads


def parcels(rows: list[dict[str, Any]]) -> list[str]:
    return [row["parcel_id_normalized"] for row in rows]


def ask(warehouse: Warehouse, question: str, *values: Any) -> list[dict[str, Any]]:
    """Ask as readers do: as wholesaler_reader."""
    with warehouse.connect("wholesaler_reader") as connection:
        return connection.execute(f"select * from marts.{question}", values).fetchall()


def test_a_property_by_its_parcel_in_every_spelling(warehouse: Warehouse) -> None:
    sale = warehouse.rows(
        """
        select
            parcel_id_normalized,
            sale_date,
            raw_data -> 'attributes' ->> 'USER_PARCEL' as published
        from marts.tax_sales order by parcel_id_normalized limit 1
        """
    )[0]
    digits = sale["parcel_id_normalized"]
    dashed = (
        f"{digits[:2]}-{digits[2:4]}-{digits[4:6]}-{digits[6:10]}-{digits[10:12]}-{digits[12:]}"
    )
    assert sale["published"] != dashed
    for question, values in (
        ("property_by_parcel(%s, %s)", (COUNTY, digits)),
        ("property_by_parcel(%s, %s)", (COUNTY, dashed)),
        (
            "property_by_parcel(%s, %s, 'section-township-range')",
            (COUNTY, sale["published"]),
        ),
    ):
        (card,) = ask(warehouse, question, *values)
        assert (card["parcel_id_normalized"], card["sale_date"]) == (digits, sale["sale_date"])
        assert card["is_lead"] is True
    assert ask(warehouse, "property_by_parcel(%s, %s)", COUNTY, "999999999999999") == []


def test_leads_by_tier(warehouse: Warehouse, leads: list[dict[str, Any]]) -> None:
    for tier in "ABCD":
        found = ask(warehouse, "leads_matching(wanted_tier => %s)", tier.lower())
        assert parcels(found) == parcels([lead for lead in leads if lead["tier"] == tier])


def test_leads_by_score_range_with_both_ends(
    warehouse: Warehouse, leads: list[dict[str, Any]]
) -> None:
    low, high = leads[-5]["total_score"], leads[4]["total_score"]
    found = ask(warehouse, "leads_matching(min_score => %s, max_score => %s)", low, high)
    expected = [lead for lead in leads if low <= lead["total_score"] <= high]
    assert parcels(found) == parcels(expected)
    assert {low, high} <= {row["total_score"] for row in found}


def test_the_top_leads(warehouse: Warehouse, leads: list[dict[str, Any]]) -> None:
    assert parcels(ask(warehouse, "leads_matching(max_rows => 7)")) == parcels(leads[:7])
    assert parcels(ask(warehouse, "leads_matching()")) == parcels(leads)


def test_leads_of_a_city(warehouse: Warehouse, leads: list[dict[str, Any]]) -> None:
    (city, count), *others = Counter(lead["city"] for lead in leads if lead["city"]).most_common()
    assert others
    found = ask(warehouse, "leads_matching(wanted_city => %s)", city.title())
    assert {row["city"] for row in found} == {city}
    assert len(found) == count


def test_counts_by_tier(warehouse: Warehouse, leads: list[dict[str, Any]]) -> None:
    counts = {row["tier"]: row["leads"] for row in ask(warehouse, "dashboard_tier_counts")}
    expected = Counter(lead["tier"] for lead in leads)
    assert {tier: count for tier, count in counts.items() if count} == expected


def test_upcoming_sales_until_the_last_day(
    warehouse: Warehouse, leads: list[dict[str, Any]]
) -> None:
    everything = ask(warehouse, "upcoming_sales(5000, %s)", AS_OF)
    days = [row["event_date"] for row in everything]
    assert days == sorted(days)
    assert {row["event"] for row in everything} == {"tax deed sale", "foreclosure auction"}
    sales = {(row["parcel_id_normalized"], row["event_date"]) for row in everything}
    ahead = [lead for lead in leads if lead["sale_date"] and str(lead["sale_date"]) >= AS_OF]
    assert ahead
    assert {(lead["parcel_id_normalized"], lead["sale_date"]) for lead in ahead} <= sales

    first_day = days[0]
    reach = (days[-1] - first_day).days
    assert len(ask(warehouse, "upcoming_sales(%s, %s)", reach, first_day)) == len(days)
    nearer = ask(warehouse, "upcoming_sales(%s, %s)", reach - 1, first_day)
    assert [row["event_date"] for row in nearer] == [day for day in days if day < days[-1]]
    later = ask(warehouse, "upcoming_sales(5000, %s)", first_day + timedelta(days=1))
    assert [row["event_date"] for row in later] == [day for day in days if day > first_day]


def test_foreclosures_by_amount(warehouse: Warehouse) -> None:
    amounts = [
        row["default_amount"]
        for row in warehouse.rows(
            "select default_amount from marts.foreclosures"
            " where default_amount is not null order by default_amount desc"
        )
    ]
    high, low = amounts[1], amounts[-2]
    question = "foreclosures_by_amount(%s, %s, only_live => false)"
    found = [row["default_amount"] for row in ask(warehouse, question, low, high)]
    assert found == amounts[1:-1]
    assert {low, high} <= set(found)


def test_foreclosures_that_are_not_live_come_only_when_asked_for(warehouse: Warehouse) -> None:
    with warehouse.connect() as connection, connection.transaction(force_rollback=True):
        (archived,) = connection.execute(
            """
            update marts.foreclosures set is_live = false
            where default_amount = (select max(default_amount) from marts.foreclosures)
            returning parcel_id_normalized
            """
        ).fetchall()
        live = connection.execute("select * from marts.foreclosures_by_amount()").fetchall()
        every = connection.execute(
            "select * from marts.foreclosures_by_amount(only_live => false)"
        ).fetchall()
    assert len(live) > 2
    assert archived["parcel_id_normalized"] not in parcels(live)
    assert parcels(every)[0] == archived["parcel_id_normalized"]


def test_high_equity_properties(warehouse: Warehouse, leads: list[dict[str, Any]]) -> None:
    at_least = warehouse.value(
        "select percentile_disc(0.9) within group (order by equity_percent)"
        " from marts.property_records"
    )
    expected = warehouse.value(
        "select count(*) from marts.property_records where equity_percent >= %s", at_least
    )
    found = ask(warehouse, "high_equity_properties(%s)", at_least)
    assert len(found) == expected > 10
    percents = [row["equity_percent"] for row in found]
    assert percents == sorted(percents, reverse=True)
    assert percents[-1] == at_least
    only_leads = ask(warehouse, "high_equity_properties(%s, only_leads => true)", at_least)
    assert set(parcels(only_leads)) == set(parcels(found)) & set(parcels(leads))


def test_leads_near_a_point(warehouse: Warehouse, leads: list[dict[str, Any]]) -> None:
    here = leads[0]["latitude"], leads[0]["longitude"]
    found = ask(warehouse, "leads_near(%s, %s, 3, 1000)", *here)
    near = ask(warehouse, "properties_near(%s, %s, 3, true)", *here)
    assert len(found) > 3
    assert set(parcels(found)) == set(parcels(near))
    distances = [lead["distance_miles"] for lead in found]
    assert distances == [row["distance_miles"] for row in near]
    assert found[:5] == ask(warehouse, "leads_near(%s, %s, 3, 5)", *here)


def test_properties_near_a_point(warehouse: Warehouse, leads: list[dict[str, Any]]) -> None:
    center = leads[0]
    found = ask(
        warehouse,
        "properties_near(%s, %s, 0.25)",
        center["latitude"],
        center["longitude"],
    )
    # measured another way: in the county's state plane, in survey feet; the border is left out
    measured = warehouse.rows(
        """
        select
            other.parcel_id_normalized,
            st_distance(
                st_makepoint(other.x_feet, other.y_feet), st_makepoint(here.x_feet, here.y_feet)
            ) / 5280 as miles
        from marts.properties as here
        cross join marts.properties as other
        where here.parcel_id_normalized = %s and other.is_active and other.x_feet is not null
        """,
        center["parcel_id_normalized"],
    )
    miles = {row["parcel_id_normalized"]: row["miles"] for row in measured}
    inside = {parcel for parcel, distance in miles.items() if distance < 0.249}
    maybe = {parcel for parcel, distance in miles.items() if distance < 0.251}
    assert len(inside) > 5
    assert inside <= set(parcels(found)) <= maybe
    assert parcels(found)[0] == center["parcel_id_normalized"]
    distances = [row["distance_miles"] for row in found]
    assert distances == sorted(distances)
    for row in found:
        assert float(row["distance_miles"]) == pytest.approx(
            miles[row["parcel_id_normalized"]], abs=0.001
        )


def test_recent_and_failed_runs(warehouse: Warehouse) -> None:
    runs = ask(warehouse, "recent_runs()")
    assert {run["source_type"] for run in runs[:4]} == {
        "tax_sales",
        "foreclosures",
        "property_records",
        "code_violations",
    }
    times = [run["started_at"] for run in runs]
    assert times == sorted(times, reverse=True)
    incomplete = ask(warehouse, "recent_runs(only_failed => true)")
    assert {run["status"] for run in incomplete} == {"partial"}
    assert 0 < len(incomplete) < len(runs)
    (latest,) = ask(warehouse, "recent_runs(1, wanted_source => 'tax_sales')")
    assert latest["source_type"] == "tax_sales"


def test_a_lead_is_traced_to_the_records_and_runs_it_came_from(warehouse: Warehouse) -> None:
    (lead,) = warehouse.rows(
        "select * from marts.leads where sale_date is not null and auction_date is not null limit 1"
    )
    trace = "select * from quality.trace_property(%s, %s)"
    key = (COUNTY, lead["parcel_id_normalized"])
    records = {row["source_type"]: row for row in warehouse.rows(trace, *key)}
    assert {"property_records", "tax_sales", "foreclosures"} <= set(records)
    for source, row in records.items():
        (landed,) = warehouse.rows(
            f"select * from raw.{source} where payload_hash = %s and _dlt_valid_to is null",
            row["source_version"],
        )
        (run,) = warehouse.rows("select * from ops.ingestion_runs where run_id = %s", row["run_id"])
        assert row["payload"] == landed["payload"]
        assert (run["source_type"], run["status"]) == (source, row["run_status"])
        assert run["started_at"] <= row["landed_at"]
    assert records["property_records"]["payload"]["attributes"]["PARCEL"] == key[1]


def test_a_lead_is_traced_to_a_version_that_a_later_load_retired(warehouse: Warehouse) -> None:
    (sale,) = warehouse.rows("select * from marts.tax_sales limit 1")
    with warehouse.connect() as connection, connection.transaction(force_rollback=True):
        connection.execute("set local role wholesaler_loader")
        connection.execute(
            "update raw.tax_sales set _dlt_valid_to = now() where payload_hash = %s",
            [sale["source_version"]],
        )
        connection.execute("set local role wholesaler_transformer")
        (record,) = connection.execute(
            "select * from quality.trace_property(%s, %s) where source_type = 'tax_sales'",
            [COUNTY, sale["parcel_id_normalized"]],
        ).fetchall()
    assert record["payload"] == sale["raw_data"]
    assert record["retired_at"] is not None


@pytest.mark.parametrize(
    ("question", "condition"),
    [
        ("properties_near(28.5, -81.4, 0.5)", "coordinates &&"),
        ("leads_near(28.5, -81.4, 0.5)", "coordinates &&"),
        ("property_by_parcel('12095', '29-22-01-0000-00-001')", "parcel_id_normalized = "),
        ("leads_matching(wanted_tier => 'A')", "tier = 'A'"),
        ("leads_matching(min_score => 80)", "total_score >= "),
        ("high_equity_properties(200)", "equity_percent >= "),
        ("foreclosures_by_amount(100000, 200000)", "default_amount >= "),
    ],
)
def test_an_index_answers(warehouse: Warehouse, question: str, condition: str) -> None:
    """The function is inlined into the query and its condition reaches an index."""
    with warehouse.connect("wholesaler_reader") as connection:
        # the tables of a test are small; this cannot make an index usable that is not
        connection.execute("set enable_seqscan = off")
        plan = connection.execute(
            f"explain (format json, costs off) select * from marts.{question}"
        ).fetchone()
    conditions = re.findall(r'"Index Cond": "(.*?)"', json.dumps(plan).replace('\\"', "'"))
    assert any(condition in found for found in conditions), plan


def test_every_example_of_the_documentation_runs(warehouse: Warehouse) -> None:
    text = (ROOT / "docs" / "questions.md").read_text()
    examples = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    functions = {
        row["proname"]
        for row in warehouse.rows(
            "select proname from pg_proc"
            " where pronamespace in ('marts'::regnamespace, 'quality'::regnamespace)"
        )
    }
    assert {name for name in functions if f".{name}(" in text} == functions
    for example in examples:
        role = "wholesaler_transformer" if "quality." in example else "wholesaler_reader"
        with warehouse.connect(role) as connection:
            connection.execute(example)
