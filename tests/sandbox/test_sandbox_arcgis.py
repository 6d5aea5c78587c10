"""ArcGIS REST as the county's MapServer and the hosted FeatureServer speak it."""

import json

import pytest

ROLL = "property_records"


def ids(answer):
    return [f["attributes"]["OBJECTID"] for f in answer.json()["features"]]


def test_metadata_tells_what_a_loader_needs(county):
    about = county.get(county.LAYERS[ROLL], f="json").json()
    assert about["maxRecordCount"] == 1000
    assert about["objectIdField"] == "OBJECTID"
    assert about["advancedQueryCapabilities"]["supportsPagination"] is True
    assert {"PARCEL", "TOTAL_MKT", "SALE_DATE"} <= {f["name"] for f in about["fields"]}
    tax = county.get(county.LAYERS["tax_sales"], f="json").json()
    assert tax["objectIdField"] == "ObjectID"


def test_every_published_field_is_described_and_present(county):
    for source, path in county.LAYERS.items():
        described = [f["name"] for f in county.get(path, f="json").json()["fields"]]
        record = county.query(source, resultRecordCount=1).json()["features"][0]
        assert list(record["attributes"]) == described


def test_pages_cover_the_announced_count_once(county):
    announced = county.query(ROLL, returnCountOnly="true").json()["count"]
    found = [row["OBJECTID"] for row in county.attributes(ROLL)]
    assert announced == 5000
    assert len(set(found)) == len(found) == announced


def test_a_page_is_never_larger_than_the_layer_allows(county):
    page = county.query(ROLL, resultRecordCount=5000, orderByFields="OBJECTID")
    assert len(ids(page)) == 1000
    assert page.json()["exceededTransferLimit"] is True


def test_the_last_page_lacks_the_flag(county):
    page = county.query(ROLL, resultOffset=4000, orderByFields="OBJECTID").json()
    assert len(page["features"]) == 1000
    assert "exceededTransferLimit" not in page


def test_pages_without_an_order_overlap(county):
    first, second = county.query(ROLL), county.query(ROLL, resultOffset=1000)
    assert set(ids(first)) & set(ids(second))


def test_order_descending(county):
    assert ids(county.query(ROLL, orderByFields="OBJECTID DESC"))[:2] == [5000, 4999]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("sign", [">", "<>", ">=", "<"])
def test_the_county_filter_refuses_angle_brackets(county, method, sign):
    answer = county.query(ROLL, method, where=f"OBJECTID {sign} 5")
    assert answer.status_code == 403
    assert answer.text.startswith("<html>")


def test_the_hosted_layer_allows_greater_than(county):
    found = county.query("tax_sales", where="ObjectID > 10").json()["features"]
    assert min(f["attributes"]["ObjectID"] for f in found) == 11


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("OBJECTID BETWEEN 7 AND 9", [7, 8, 9]),
        ("(1=1) AND OBJECTID between 7 and 8", [7, 8]),
        ("OBJECTID IN (12, 3, 999999)", [3, 12]),
        ("objectid = 4", [4]),
        ("OBJECTID BETWEEN 1 AND 3 AND ZONING_CODE IS NULL", []),
        ("OBJECTID BETWEEN 1 AND 3 AND NAME1 IS NOT NULL", [1, 2, 3]),
        ("PARCEL = ' '", [11]),
        ("OBJECTID = 3 OR OBJECTID = 5", [3, 5]),
    ],
)
def test_filters(county, where, expected):
    assert ids(county.query(ROLL, where=where)) == expected


def test_parcel_list_by_post_and_by_too_long_get(county, roll):
    wanted = [row["PARCEL"] for row in roll[100:250]]
    where = "PARCEL IN ({})".format(",".join(f"'{p}'" for p in wanted))
    found = county.query(ROLL, "POST", where=where).json()["features"]
    assert {f["attributes"]["PARCEL"] for f in found} == set(wanted)
    assert county.query(ROLL, where=where).status_code == 403


def test_object_ids_and_ids_only(county):
    assert ids(county.query(ROLL, where="", objectIds="5,2")) == [2, 5]
    only = county.query(ROLL, where="OBJECTID BETWEEN 1 AND 3", returnIdsOnly="true").json()
    assert only == {"objectIdFieldName": "OBJECTID", "objectIds": [1, 2, 3]}


def test_statistics_of_the_object_id(county):
    asked = [
        {"statisticType": how, "onStatisticField": "OBJECTID", "outStatisticFieldName": how}
        for how in ("min", "max", "count")
    ]
    row = county.query(ROLL, outStatistics=json.dumps(asked)).json()["features"][0]["attributes"]
    assert row == {"min": 1, "max": 5000, "count": 5000}


def test_out_fields_and_geometry(county):
    asked = {"outFields": "PARCEL,OBJECTID", "resultRecordCount": 1}
    feature = county.query(ROLL, **asked).json()["features"][0]
    assert list(feature["attributes"]) == ["PARCEL", "OBJECTID"]
    # The MapServer ignores returnCentroid: a polygon comes all the same.
    assert (
        "rings"
        in county.query(ROLL, returnCentroid="true", **asked).json()["features"][0]["geometry"]
    )
    bare = county.query(ROLL, returnGeometry="false", **asked).json()["features"][0]
    assert "geometry" not in bare


def test_without_out_sr_points_come_in_feet(county):
    degrees = county.query("foreclosures", where="OBJECTID = 1").json()["features"][0]["geometry"]
    feet = county.query("foreclosures", where="OBJECTID = 1", outSR="").json()["features"][0][
        "geometry"
    ]
    assert -82 < degrees["x"] < -81 and 28 < degrees["y"] < 29
    assert 330_000 < feet["x"] < 660_000 and 1_330_000 < feet["y"] < 1_700_000


@pytest.mark.parametrize(
    "asked",
    [
        {"where": "PARCEL LIKE 'x'"},
        {"where": "NO_SUCH = 1"},
        {"where": ""},
        {"where": "OBJECTID BETWEEN 1"},
        {"outFields": "NO_SUCH"},
        {"orderByFields": "NO_SUCH"},
        {"resultOffset": "-1"},
        {"outSR": "3857"},
    ],
)
def test_errors_come_inside_http_200(county, asked):
    answer = county.query(ROLL, **asked)
    assert answer.status_code == 200
    assert answer.json()["error"]["code"] == 400


def test_without_a_format_the_answer_is_html(county):
    assert county.query(ROLL, f="html").headers["content-type"].startswith("text/html")


def test_page_limit_can_be_raised_for_benchmarks(serve):
    with serve("--parcels", "5000", "--max-record-count", "4000", "--warm") as client:
        assert len(ids(client.query(ROLL))) == 4000
