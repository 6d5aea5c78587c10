"""Faults strike where, when and as often as ordered."""

import json
import time

import pytest
import requests

ROLL = "property_records"


@pytest.fixture
def faulty(county):
    yield county
    county.http.delete(f"{county.url}/sandbox/faults", timeout=30)


def test_a_fault_strikes_after_and_times(faulty):
    faulty.order_fault(path_contains="MapServer/216/query", kind="http_500", after=1, times=2)
    statuses = [faulty.query(ROLL, returnCountOnly="true").status_code for _ in range(4)]
    assert statuses == [200, 500, 500, 200]


def test_a_fault_keeps_to_its_path_and_can_be_cleared(faulty):
    faulty.order_fault(path_contains="216/query", kind="http_500", times=5)
    assert faulty.query("foreclosures").status_code == 200
    assert faulty.get("/sandbox/faults").json()["faults"][0]["times"] == 5
    faulty.http.delete(f"{faulty.url}/sandbox/faults", timeout=30)
    assert faulty.query(ROLL).status_code == 200


def test_parameters_can_be_part_of_the_path(faulty):
    faulty.order_fault(path_contains="resultOffset=2000", kind="http_500")
    assert faulty.query(ROLL, resultOffset=1000).status_code == 200
    assert faulty.query(ROLL, "POST", resultOffset=2000).status_code == 500


def test_throttling_names_the_wait(faulty):
    faulty.order_fault(path_contains="k6e8", kind="http_429", retry_after=7)
    answer = faulty.soda()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_errors_in_disguise(faulty):
    faulty.order_fault(path_contains="216", kind="esri_error")
    answer = faulty.query(ROLL)
    assert (answer.status_code, answer.json()["error"]["code"]) == (200, 500)
    for kind, status in (("html_200", 200), ("html_403", 403)):
        faulty.order_fault(path_contains="216", kind=kind)
        answer = faulty.query(ROLL)
        assert answer.status_code == status
        assert answer.text.startswith("<html>")


def test_truncated_json(faulty):
    faulty.order_fault(path_contains="216", kind="truncated_json")
    answer = faulty.query(ROLL)
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)


def test_a_dropped_connection(faulty):
    faulty.order_fault(path_contains="216", kind="drop")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        faulty.query(ROLL)
    assert faulty.query(ROLL).status_code == 200


@pytest.mark.parametrize("source", ["code_violations", ROLL])
@pytest.mark.parametrize(("kind", "expected"), [("short_page", 963), ("empty_page", 0)])
def test_pages_with_too_few_records(faulty, source, kind, expected):
    faulty.order_fault(kind=kind)
    # Counts and metadata hold no records: the fault waits for a page.
    assert faulty.query(ROLL, returnCountOnly="true").json() == {"count": 5000}
    page = faulty.soda().json() if source == "code_violations" else faulty.query(ROLL).json()
    records = page if isinstance(page, list) else page["features"]
    assert len(records) == expected


def test_a_slow_answer_does_not_hold_up_the_others(faulty):
    faulty.order_fault(path_contains="216", kind="slow", seconds=1.5)
    with pytest.raises(requests.exceptions.ReadTimeout):
        faulty.http.get(
            f"{faulty.url}{faulty.LAYERS[ROLL]}/query", params={"f": "json"}, timeout=0.3
        )
    before = time.monotonic()
    assert faulty.query("foreclosures").status_code == 200
    assert time.monotonic() - before < 1


@pytest.mark.parametrize("source", ["tax_sales", "foreclosures", ROLL, "code_violations"])
def test_hostile_records(faulty, source):
    faulty.order_fault(kind="hostile_records")
    if source == "code_violations":
        body = faulty.soda(select=":*,*", limit=10).text
        rows = json.loads(body)
        whole = faulty.soda(select=":*,*", limit=10).json()
    else:
        body = faulty.query(source, resultRecordCount=10).text
        rows = [f["attributes"] for f in json.loads(body)["features"]]
        page = faulty.query(source, resultRecordCount=10).json()
        whole = [f["attributes"] for f in page["features"]]
    for sign in ("\\u0000", "\\ud83d", "NaN", str(2**80), "x" * 1_000_000):
        assert sign in body
    assert len(rows) == len(whole) == 10
    key = {
        "tax_sales": "USER_TDA_NUM",
        "foreclosures": "SITUS_ADDRESS",
        ROLL: "PARCEL",
        "code_violations": "apno",
    }[source]
    assert [row.get(key) for row in rows] == [
        None if place == 3 or key not in row else row[key] for place, row in enumerate(whole)
    ]


def test_an_unknown_fault_is_refused(faulty):
    answer = faulty.order_fault(kind="earthquake")
    assert answer.status_code == 422
    assert "http_500" in answer.json()["error"]
