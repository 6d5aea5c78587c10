"""Days pass: values change, records vanish, return and appear, each in its proportion."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

DAYS, PARCELS = 10, 8000
AS_OF = date(2026, 3, 2)


@pytest.fixture(scope="module")
def history(serve):
    """Records of the roll and the small sources, by key, for each of the first days."""
    with serve("--parcels", str(PARCELS), "--max-record-count", "20000") as client:
        snapshots = []
        for day in range(DAYS + 1):
            client.to_day(day)
            snapshots.append(
                {
                    source: {row[client.id_field(source)]: row for row in client.attributes(source)}
                    for source in client.LAYERS
                }
                | {"code_violations": {row[":id"]: row for row in client.cases()}}
            )
        yield snapshots


def pairs(history, source):
    return list(pairwise(snapshot[source] for snapshot in history))


def test_about_one_parcel_in_a_hundred_changes_each_day(history):
    for before, after in pairs(history, "property_records"):
        both = before.keys() & after.keys()
        changed = sum(before[k] != after[k] for k in both)
        assert 0.005 < changed / len(both) < 0.015


def test_about_one_in_a_thousand_vanishes_and_appears(history):
    steps = pairs(history, "property_records")
    vanished = sum(len(before.keys() - after.keys()) for before, after in steps)
    appeared = sum(len(after.keys() - before.keys()) for before, after in steps)
    assert 0.0005 < vanished / (DAYS * PARCELS) < 0.002
    assert 0.0005 < appeared / (DAYS * PARCELS) < 0.002


def test_some_vanished_parcels_return_as_they_were(history):
    days = [snapshot["property_records"] for snapshot in history]
    returned = {
        key
        for key in days[0].keys() & days[-1].keys()
        if any(key not in records for records in days)
    }
    assert returned


def test_a_sold_parcel_has_a_new_owner_and_no_homestead(history):
    sold = [
        (before[key], after[key])
        for before, after in pairs(history, "property_records")
        for key in before.keys() & after.keys()
        if before[key]["SALE_DATE"] != after[key]["SALE_DATE"]
    ]
    assert len(sold) > 100
    assert all(after["TOTAL_XMPT"] == 0 for _, after in sold)
    assert sum(a["NAME1"] != b["NAME1"] for b, a in sold) > 0.95 * len(sold)
    assert all(a["SALE_DATE"] > b["SALE_DATE"] for b, a in sold)


def test_past_thursdays_leave_the_tax_sales(history):
    for passed, snapshot in enumerate(history):
        for row in snapshot["tax_sales"].values():
            if row["USER_Deed_Status"] == "Active Sale" and row["USER_Sale_Date"] != "13/45/2025":
                held = datetime.strptime(row["USER_Sale_Date"], "%m/%d/%Y").date()
                assert held >= AS_OF + timedelta(days=passed)
    first, last = history[0]["tax_sales"], history[-1]["tax_sales"]
    assert first.keys() - last.keys() and last.keys() - first.keys()


def test_foreclosures_are_recorded(history):
    first, last = history[0]["foreclosures"], history[-1]["foreclosures"]
    new = [last[key] for key in last.keys() - first.keys()]
    assert len(new) >= DAYS - 1
    assert {row["YEAR"] for row in new} == {2026}


def test_cases_close_and_appear_and_updated_at_moves_with_every_change(history):
    closings = 0
    for passed, (before, after) in enumerate(pairs(history, "code_violations"), start=1):
        midnight = (AS_OF + timedelta(days=passed)).isoformat()
        changed = {k for k in before.keys() & after.keys() if before[k] != after[k]}
        new = after.keys() - before.keys()
        assert 0.002 < len(changed) / len(before) < 0.012
        assert len(new) >= 2
        # What an incremental load asks for is all of it, and nothing else.
        assert {k for k, row in after.items() if row[":updated_at"] >= midnight} == changed | new
        closings += sum(
            before[k]["caseinfostatus"] == "Open" and after[k]["caseinfostatus"] == "Closed"
            for k in changed
        )
        for key in changed:
            if after[key]["caseinfostatus"] == "Closed" and "resdt" not in before[key]:
                assert after[key]["resdt"][:10] == midnight
    assert closings > 10


def test_after_two_months_auctions_have_passed_and_new_ones_are_set(serve):
    with serve("--parcels", "5000", "--day", "60") as client:
        assert client.about()["day"] == 60
        assert client.counts()["property_records"] == len(client.attributes("property_records"))
        today = (AS_OF + timedelta(days=60) - date(1970, 1, 1)).days * 86_400_000
        current = [row for row in client.attributes("foreclosures") if row["YEAR"] > 2012]
        auctions = [row["AUCTION_DATE"] for row in current if row["AUCTION_DATE"]]
        assert sum(auction < today for auction in auctions) > 5
        assert sum(auction > today for auction in auctions) > 5
