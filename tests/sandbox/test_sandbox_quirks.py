"""The oddities of the real county, each present in a county of 5,000 parcels."""

import math
from collections import Counter
from datetime import UTC, date, datetime
from statistics import median

import pytest

PUBLISHED = {
    "tax_sales": 16,
    "foreclosures": 101,
    "property_records": 5000,
    "code_violations": 2565,
}


@pytest.fixture(scope="module")
def tax(county):
    return county.features("tax_sales")


@pytest.fixture(scope="module")
def filings(county):
    return county.features("foreclosures")


@pytest.fixture(scope="module")
def parcels(roll):
    return {row["PARCEL"] for row in roll}


@pytest.fixture(scope="module")
def today(county):
    return date.fromisoformat(county.about()["as_of"])


def day(milliseconds):
    return datetime.fromtimestamp(milliseconds / 1000, UTC).date()


def digits(parcel):
    return parcel.replace("-", "")


def swapped(parcel):
    """Section and range exchanged: the roll's order from the tax sale's, and back."""
    plain = digits(parcel)
    return plain[4:6] + plain[2:4] + plain[:2] + plain[6:]


def sales_by_parcel(tax):
    return {swapped(f["attributes"]["USER_PARCEL"]): f["attributes"] for f in tax}


def test_sources_are_scaled_like_the_real_county(county, serve):
    assert county.counts() == PUBLISHED
    with serve("--parcels", "496431") as large:
        assert large.counts() == {
            "tax_sales": 86,
            "foreclosures": 10000,
            "property_records": 496431,
            "code_violations": 254652,
        }
        # A page far inside is made alone, without the records before it.
        where = "OBJECTID BETWEEN 400000 AND 400099"
        assert len(large.query("property_records", where=where).json()["features"]) == 100


def test_the_smallest_county_has_all_sources(serve):
    with serve("--parcels", "500") as small:
        assert small.counts()["foreclosures"] == 60
        assert small.counts()["tax_sales"] >= 12
        assert {f["attributes"]["PARCEL_NUMBER"] for f in small.features("foreclosures")} & {
            row["PARCEL"] for row in small.attributes("property_records")
        }


# --- parcel ids ---


def test_tax_sales_write_section_first_and_the_roll_range_first(tax, parcels):
    found = [f["attributes"]["USER_PARCEL"] for f in tax]
    on_roll = [p for p in found if len(digits(p)) == 15 and swapped(p) in parcels]
    assert len(on_roll) >= 12
    assert all(len(p.split("-")) == 6 for p in on_roll)
    assert any(digits(p) not in parcels for p in on_roll)
    assert any(swapped(p) not in parcels for p in found if len(digits(p)) == 15)


def test_a_palindrome_reads_the_same_in_both_orders(tax, parcels):
    assert any(
        swapped(f["attributes"]["USER_PARCEL"]) == digits(f["attributes"]["USER_PARCEL"])
        and digits(f["attributes"]["USER_PARCEL"]) in parcels
        for f in tax
    )


def test_a_sale_read_in_the_wrong_order_hits_another_real_parcel(tax, parcels):
    assert any(
        {digits(p), swapped(p)} <= parcels and digits(p) != swapped(p)
        for p in (f["attributes"]["USER_PARCEL"] for f in tax)
    )


def test_parcel_ids_follow_the_survey_grid(roll):
    """The range group rises from west to east (domain facts: 27 at -81.63, 32 at -81.09)."""
    placed = [r for r in roll if len(r["PARCEL"]) == 15 and -82 < (r["LONGITUDE"] or 0) < -81]
    for row in placed:
        assert int(row["PARCEL"][:2]) == 27 + math.floor((row["LONGITUDE"] + 81.656) / 0.0987) or (
            abs((row["LONGITUDE"] + 81.656) / 0.0987 % 1 - 0.5) > 0.45  # a plat across the line
        )
    assert {p["PARCEL"][2:4] for p in placed} <= {"20", "21", "22", "23", "24"}


def test_several_polygons_of_one_parcel_differ_in_acreage_only(roll):
    repeated = {p for p, n in Counter(row["PARCEL"] for row in roll).items() if n == 2}
    assert len(repeated) >= 5
    for parcel in repeated:
        first, second = (row for row in roll if row["PARCEL"] == parcel)
        different = {name for name in first if first[name] != second[name]}
        assert different == {"OBJECTID", "ACREAGE"}


def test_bad_keys_occur(tax, filings, roll, cases):
    for values in (
        [f["attributes"]["USER_PARCEL"] for f in tax],
        [f["attributes"]["PARCEL_NUMBER"] for f in filings],
        [row["PARCEL"] for row in roll],
    ):
        assert any(v is not None and not v.strip() for v in values)
        assert any(v is not None and len(digits(v)) == 14 for v in values)
    assert sum("apno" not in row for row in cases) == 1


# --- roll ---


def test_money_adds_up(roll):
    sound = [row for row in roll if row["LAND_MKT"] >= 0]
    assert len(sound) == len(roll) - 1  # one negative value, on purpose
    for row in sound:
        assert row["TOTAL_MKT"] == row["LAND_MKT"] + row["BLDG_MKT"] + row["XFOB_MKT"]
        assert row["TAXABLE"] == row["TOTAL_ASSD"] - row["TOTAL_XMPT"]


def test_homesteads_have_the_recorded_gap_and_others_none(roll):
    def ratios(homestead):
        return [
            row["TOTAL_MKT"] / row["TOTAL_ASSD"]
            for row in roll
            if row["TOTAL_ASSD"] > 0 and (row["TOTAL_XMPT"] > 0) == homestead
        ]

    assert median(ratios(True)) == pytest.approx(1.66, abs=0.05)
    assert max(ratios(True)) <= 3.77
    assert median(ratios(False)) == pytest.approx(1.0, abs=0.01)


def test_millage_of_parcels_without_exemption(roll):
    mills = [
        1000 * row["TAXES"] / row["TAXABLE"]
        for row in roll
        if row["TOTAL_XMPT"] == 0 and row["TAXABLE"] > 10_000
    ]
    assert min(mills) > 15.3 and max(mills) < 22.5
    assert median(mills) == pytest.approx(16.1, abs=0.3)


def test_land_and_common_areas_have_zeros(roll):
    common = [row for row in roll if row["DOR_CODE"] == "0900"]
    vacant = [row for row in roll if row["DOR_CODE"] == "0000"]
    assert len(common) > 50 and len(vacant) > 100
    for row in common + vacant:
        assert (row["BLDG_MKT"], row["LIVING_AREA"]) == (0, 0)
    assert {row["TOTAL_MKT"] for row in common} == {100}
    assert all("ASSN INC" in row["NAME1"] for row in common)
    assert all(not row["SITUS"][0].isdigit() for row in common)


def test_city_and_zip_stand_in_one_of_two_pairs(roll):
    for row in roll:
        assert (row["SITUS_CITY"] is None) == (row["SITUS_ZIP"] is None)
        assert (row["CITY_SITUS"] is None) == (row["ZIP_SITUS"] is None)
        assert not (row["SITUS_CITY"] and row["CITY_SITUS"])
    for name in ("SITUS_CITY", "CITY_SITUS"):
        assert 0.4 < sum(row[name] is not None for row in roll) / len(roll) < 0.56


def test_owners_are_invented_some_confidential_some_with_interests(roll):
    names = [row["NAME1"] for row in roll]
    assert all(name.startswith("SAMPLE ") or name == "CONFIDENTIAL" for name in names)
    assert names.count("CONFIDENTIAL") > 10
    assert any(name.endswith("1/2 INT") for name in names)
    assert any((row["NAME2"] or "").startswith("REM: ") for row in roll)


def test_condominium_units_share_point_and_address(roll):
    units = [row for row in roll if row["CONDO_FLAG"] == "C"]
    places = Counter((row["LATITUDE"], row["LONGITUDE"]) for row in units)
    assert len(units) > 300
    assert min(places.values()) > 20
    assert all(" UNIT " in row["SITUS"] and row["LAND_MKT"] == 0 for row in units)
    assert all(row["ZONING_CODE"] is None for row in units)


def test_bad_values_and_sentinels_of_the_roll(roll):
    assert sum(row["AYB"] == 1066 for row in roll) == 1
    assert sum(row["LAND_MKT"] < 0 for row in roll) == 1
    assert sum(row["SALE_DATE"] == -2_208_988_800_000 for row in roll) > 100
    assert sum(day(row["SALE_DATE"]).year == 1066 for row in roll) == 1
    outside = [row for row in roll if row["LATITUDE"] and not 28 < row["LATITUDE"] < 29]
    assert len(outside) == 1
    assert sum(row["LATITUDE"] == 0 for row in roll) == 1
    assert sum(row["LATITUDE"] is None for row in roll) == 1


# --- tax sales and foreclosures ---


def test_sale_dates_are_thursdays_ahead_or_lands_available(tax, today):
    statuses = Counter(f["attributes"]["USER_Deed_Status"] for f in tax)
    assert statuses["Lands Available"] == 3
    impossible = 0
    for row in (f["attributes"] for f in tax):
        try:
            held = datetime.strptime(row["USER_Sale_Date"], "%m/%d/%Y").date()
        except ValueError:
            impossible += 1
            continue
        assert held.weekday() == 3
        assert (held >= today) == (row["USER_Deed_Status"] == "Active Sale")
    assert impossible == 1
    assert len({f["attributes"]["USER_TDA_NUM"] for f in tax}) == len(tax)


def test_null_geometry_occurs(tax, filings):
    assert sum(f["geometry"] is None for f in tax) == 1
    assert sum(f["geometry"] is None for f in filings) == 1


def test_the_archive_of_2012_stands_beside_current_filings(filings, today):
    rows = [f["attributes"] for f in filings]
    archive = [row for row in rows if row["YEAR"] == 2012]
    current = [row for row in rows if (today - day(row["RECORDING_DATE"])).days < 365]
    assert len(archive) == 71 and len(current) == 30
    ahead = [r for r in current if r["AUCTION_DATE"] and day(r["AUCTION_DATE"]) > today]
    assert len(ahead) >= 15
    assert all(day(row["AUCTION_DATE"]).weekday() < 4 for row in ahead)
    for row in rows:
        lis_pendens = row["RECORD_TYPE_DESCRIPTION"] == "Lis Pendens"
        assert lis_pendens == (row["AUCTION_DATE"] is None) == (row["LENDER_NAME"] is None)


def test_default_amounts_are_mostly_zero(filings, today):
    amounts = [f["attributes"]["DEFAULT_AMOUNT"] for f in filings]
    assert amounts.count(0) > 0.75 * len(amounts)
    assert sum(amount > 100_000 for amount in amounts) >= 3
    assert sum(amount < 0 for amount in amounts) == 1


def test_foreclosures_join_the_roll_but_not_all(filings, parcels):
    ids = [f["attributes"]["PARCEL_NUMBER"] for f in filings]
    assert 3 <= ids.count(None) <= 20
    assert sum(i in parcels for i in ids) > 75
    assert any(i and len(i) == 15 and i not in parcels for i in ids)
    assert max(Counter(i for i in ids if i and i.strip()).values()) >= 2


def test_foreclosure_addresses_are_written_differently_from_the_roll(filings, roll):
    address = {row["PARCEL"]: row["SITUS"] for row in roll}
    rows = [f["attributes"] for f in filings]
    houses = [
        r for r in rows if r["PROPERTY_TYPE"] != "Condominium" and r["PARCEL_NUMBER"] in address
    ]
    same_number = [
        r for r in houses if r["SITUS_ADDRESS"].split()[0] == address[r["PARCEL_NUMBER"]].split()[0]
    ]
    assert len(same_number) > 0.95 * len(houses)
    assert any("  " in row["SITUS_ADDRESS"] for row in rows)
    assert any(r["SITUS_ADDRESS"] != address[r["PARCEL_NUMBER"]] for r in houses)
    assert any(" # " in row["SITUS_ADDRESS"] for row in rows)


def test_a_condominium_filing_may_carry_the_common_area(filings, roll):
    use = {row["PARCEL"]: row["DOR_CODE"] for row in roll}
    assert any(
        f["attributes"]["PROPERTY_TYPE"] == "Condominium"
        and use.get(f["attributes"]["PARCEL_NUMBER"]) == "0900"
        for f in filings
    )


def test_a_few_parcels_make_strong_leads(tax, filings, roll, today):
    """In a coming tax sale and a coming auction, with a full value score: tier A by the rules."""
    sales = sales_by_parcel(tax)
    auctions = {
        f["attributes"]["PARCEL_NUMBER"]
        for f in filings
        if f["attributes"]["AUCTION_DATE"] and day(f["attributes"]["AUCTION_DATE"]) > today
    }
    strong = [
        row
        for row in roll
        if row["PARCEL"] in auctions
        and row["PARCEL"] in sales
        and row["TOTAL_MKT"] / row["TOTAL_ASSD"] > 2
        and 100_000 <= row["TOTAL_MKT"] <= 400_000
        and row["LIVING_AREA"] > 1000
        and row["TAXES"] / row["TOTAL_MKT"] < 0.015
    ]
    assert len(strong) >= 4
