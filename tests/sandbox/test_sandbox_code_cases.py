"""The oddities of the city's code cases, each present in a county of 5,000 parcels."""

from collections import Counter

import numpy as np
import pytest

from sandbox.county.geography import to_state_plane


def test_cases_lie_in_the_city_on_few_places(cases, roll):
    zoning = {row["PARCEL"]: (row["ZONING_CODE"] or "ORL-condo")[:3] for row in roll}
    known = [row["parcel_id"] for row in cases if row.get("parcel_id") in zoning]
    assert {zoning[parcel] for parcel in known} == {"ORL"}
    places = Counter((row["gpsx"], row["gpsy"]) for row in cases if row["gpsx"] != "0")
    assert len(places) < 0.35 * len(cases)
    assert max(places.values()) >= 20


def test_a_fifth_of_cases_lack_a_parcel_id(cases):
    usable = [len(row.get("parcel_id", "")) == 15 for row in cases]
    assert 0.75 < sum(usable) / len(cases) < 0.81


def test_coordinates_are_feet_with_zeros_and_a_few_degrees(cases):
    xs = [float(row["gpsx"]) for row in cases]
    assert 0.02 < xs.count(0) / len(xs) < 0.06
    assert sum(-82 < x < -81 for x in xs) >= 3
    assert sum(330_000 < x < 660_000 for x in xs) > 0.9 * len(xs)
    assert sum(x > 1_000_000 for x in xs) == 1


def test_feet_are_florida_east_state_plane(cases, roll):
    """EPSG:2236 as PROJ 9.1 computes it from degrees, to a hundredth of a foot."""
    for lon, lat, x, y in (
        (-81.3789, 28.5384, 534512.0612, 1528643.8967),
        (-81.65, 28.36, 447116.9489, 1464151.8547),
        (-81.0, 28.78, 656166.6670, 1616296.0068),
    ):
        assert to_state_plane(np.float64(lon), np.float64(lat)) == pytest.approx((x, y), abs=0.01)
    points = {row["PARCEL"]: (row["LONGITUDE"], row["LATITUDE"]) for row in roll}
    located = 0
    for row in cases:
        lon, lat = points.get(row.get("parcel_id"), (None, None))
        feet = (float(row["gpsx"]), float(row["gpsy"]))
        if lat and 28 < lat < 29 and len(row["parcel_id"]) == 15 and 300_000 < feet[0] < 700_000:
            assert feet == pytest.approx(to_state_plane(np.float64(lon), np.float64(lat)), abs=0.01)
            located += 1
    assert located > 1500


def test_blank_addresses_statuses_and_bad_dates(cases):
    addresses = Counter(row["derived_address"] for row in cases)
    assert addresses["     ORLANDO FL"] > 20
    assert addresses["No Address"] > 20
    assert {row["caseinfostatus"] for row in cases} == {"Open", "Closed", " open "}
    dates = [row["casedt"][:10] for row in cases]
    assert "1066-10-14" in dates and "2025-13-45" in dates
    assert len({row.get("apno") for row in cases}) == len(cases)
