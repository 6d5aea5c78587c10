"""The whole path on real county records (names redacted), as of the day they were recorded."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from .conftest import Warehouse, serving


@pytest.fixture(scope="module")
def recorded(recorded_folder: Path, new_warehouse: Callable[..., Warehouse]) -> Iterator[Warehouse]:
    with serving("--from", str(recorded_folder)) as url:
        warehouse = new_warehouse("recorded", sandbox_url=url, as_of="2025-11-24")
        warehouse.load()
        warehouse.build("--exclude-resource-type", "unit_test")
        yield warehouse


def test_every_recorded_row_lands(recorded: Warehouse) -> None:
    landed = {
        source: recorded.value(f"select count(*) from raw.{source} where _dlt_valid_to is null")
        for source in ("tax_sales", "foreclosures", "property_records", "code_violations")
    }
    assert landed == {
        "tax_sales": 40,
        "foreclosures": 100,
        "property_records": 90,
        "code_violations": 0,
    }


def test_foreclosure_parcels_join_the_roll(recorded: Warehouse) -> None:
    joined = recorded.value(
        """
        select count(*)
        from marts.foreclosures
        inner join marts.property_records using (county_fips, parcel_id_normalized)
        """
    )
    assert joined == 90
    without_parcel = "select rejection_reasons from quality.rejected_rows where source_type = %s"
    reasons = [row["rejection_reasons"] for row in recorded.rows(without_parcel, "foreclosures")]
    assert reasons == [["parcel_id_missing"]] * 10


def test_tax_sale_parcels_come_out_in_the_appraisers_order(
    recorded: Warehouse, recorded_folder: Path
) -> None:
    published = [
        feature["attributes"]["USER_PARCEL"]
        for feature in json.loads((recorded_folder / "tax_sales.json").read_text())["features"]
    ]
    expected = set()
    for parcel in published:
        section, township, range_, *rest = parcel.split("-")
        expected.add(range_ + township + section + "".join(rest))
    found = recorded.rows("select parcel_id_normalized from marts.tax_sales")
    assert {row["parcel_id_normalized"] for row in found} == expected
    assert len(found) == 40
    # ranges of Orange County rise from west to east: 27 to 34, in the first two digits
    assert {row["parcel_id_normalized"][:2] for row in found} <= {str(n) for n in range(27, 35)}


@pytest.mark.parametrize(
    ("parcel", "equity_percent", "tax_rate"),
    [
        # 441,540 / 441,540; 7,009.63 / 441,540
        ("282030023104320", Decimal("100.00"), Decimal("1.5875")),
        # 332,330 / 229,895; 3,048.02 / 204,895
        ("282136520400590", Decimal("144.56"), Decimal("1.4876")),
        # 226,830 / 110,709; 1,130.81 / 85,709
        ("282112911802200", Decimal("204.89"), Decimal("1.3194")),
    ],
)
def test_equity_and_tax_rate_match_rows_worked_by_hand(
    recorded: Warehouse, parcel: str, equity_percent: Decimal, tax_rate: Decimal
) -> None:
    (row,) = recorded.rows(
        "select equity_percent, tax_rate from marts.property_records"
        " where parcel_id_normalized = %s",
        parcel,
    )
    assert row == {"equity_percent": equity_percent, "tax_rate": tax_rate}


def test_filings_of_2012_are_history_and_score_nothing(recorded: Warehouse) -> None:
    assert recorded.value("select count(*) from marts.foreclosures where is_live") == 0
    scores = recorded.rows(
        """
        select distinct distress_score, urgency_score
        from marts.lead_scores
        inner join marts.foreclosures using (county_fips, parcel_id_normalized)
        """
    )
    assert scores == [{"distress_score": Decimal("0.00"), "urgency_score": Decimal("0.00")}]


def test_leads_are_the_tax_sales(recorded: Warehouse) -> None:
    leads = recorded.rows("select signals, reasons from marts.leads")
    assert len(leads) == 40
    assert {tuple(lead["signals"]) for lead in leads} == {("tax_sale",)}
    assert all(lead["reasons"][0] == "Property in tax sale" for lead in leads)
