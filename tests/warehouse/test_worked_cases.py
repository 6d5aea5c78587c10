"""The worked cases of ruleset classic 1, from the county's answer to the stored score."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from .conftest import Warehouse, arcgis_answer, serving

AS_OF = "2025-11-24"
ROLL = {
    "SITUS": "1 SAMPLE ST",
    "TOTAL_MKT": 399999,
    "TAXES": 4800,
    "LATITUDE": 28.5,
    "LONGITUDE": -81.4,
}


@pytest.fixture(scope="module")
def scores(
    new_warehouse: Callable[..., Warehouse], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict]:
    """Scores by parcel. Case 2 lies 7 miles from case 1, with cases 0.067 mile north of it."""
    folder: Path = tmp_path_factory.mktemp("worked_cases")
    sale = {"USER_Sale_Date": "12/18/2025", "USER_Deed_Status": "Active Sale"}
    (folder / "tax_sales.json").write_text(
        arcgis_answer(
            sale | {"USER_TDA_NUM": "2025-1", "USER_PARCEL": "01-22-29-0000-00-001"},
            sale | {"USER_TDA_NUM": "2025-2", "USER_PARCEL": "01-22-29-0000-00-002"},
        )
    )
    (folder / "property_records.json").write_text(
        arcgis_answer(
            ROLL | {"PARCEL": "292201000000001", "TOTAL_ASSD": 338982.20, "LIVING_AREA": 900},
            ROLL
            | {
                "PARCEL": "292201000000002",
                "TOTAL_ASSD": 305342.75,
                "LIVING_AREA": 1200,
                "LATITUDE": 28.6,
            },
        )
    )
    (folder / "foreclosures.json").write_text(
        arcgis_answer(
            {
                "PARCEL_NUMBER": "292201000000003",
                "SITUS_ADDRESS": "3 SAMPLE ST",
                "RECORD_TYPE_DESCRIPTION": "Notice of Foreclosure",
                "RECORDING_DATE": 1339459200000,
                "AUCTION_DATE": 1349308800000,
            }
        )
    )
    # 0.067 mile is 107.83 m, 0.000973 degrees of latitude here
    nearby = {"gpsx": "-81.4", "gpsy": "28.600973", "caseinfostatus": "Closed"}
    (folder / "code_violations.json").write_text(
        json.dumps([nearby | {":id": f"row-{n}", "apno": f"2025-{n}LOT"} for n in range(3)])
    )
    with serving("--from", str(folder)) as url:
        warehouse = new_warehouse("worked_cases", sandbox_url=url, as_of=AS_OF)
        warehouse.load()
        warehouse.build("--exclude-resource-type", "unit_test")
    found = warehouse.rows("select * from marts.lead_scores")
    return {row["parcel_id_normalized"][-1]: row for row in found}


def components(score: dict) -> tuple[Decimal, ...]:
    return tuple(score[f"{name}_score"] for name in ("distress", "value", "location", "urgency"))


def test_case_1_clean_neighbourhood(scores: dict[str, dict]) -> None:
    assert components(scores["1"]) == (40, 45, 80, 40)
    assert (scores["1"]["total_score"], scores["1"]["tier"]) == (Decimal("49.50"), "C")
    assert scores["1"]["reasons"] == [
        "Property in tax sale",
        "Target price range: $399,999",
        "Low tax burden: 1.20%",
        "Clean neighborhood: no violations nearby",
        "Tax sale date: 2025-12-18",
    ]


def test_case_2_three_closed_cases_nearby(scores: dict[str, dict]) -> None:
    assert scores["2"]["nearby_violations"] == 3
    assert scores["2"]["nearby_open_violations"] == 0
    assert scores["2"]["nearest_violation_distance"] == Decimal("0.067")
    assert components(scores["2"]) == (Decimal("40.30"), 80, 70, 40)
    assert (scores["2"]["total_score"], scores["2"]["tier"]) == (Decimal("58.11"), "C")


def test_case_3_filing_of_2012_and_nothing_else(scores: dict[str, dict]) -> None:
    assert (scores["3"]["distress_score"], scores["3"]["urgency_score"]) == (0, 0)
    assert scores["3"]["location_score"] == 50
    assert scores["3"]["missing_inputs"] == ["location", "property_record"]
