"""What county servers really answer, and that no such answer ever shortens a load."""

import re
import time

import pytest

from loaders.errors import IncompleteRead, UnstablePaging
from loaders.http import SourceRefused
from tests.loaders.published_records import parcel, parcels


@pytest.fixture
def published(county, load, database):
    """250 parcels, 100 a page."""
    county.publish("property_records", parcels(250))
    return county


def landed(database):
    return len(database.current("property_records"))


@pytest.mark.parametrize(
    ("kind", "times"),
    [
        ("http_500", 2),
        ("esri_error", 1),
        ("html_200", 1),
        ("html_403", 1),
        ("truncated_json", 1),
        ("drop", 1),
        ("short_page", 1),
        ("empty_page", 1),
    ],
)
def test_passing_fault_costs_no_record(published, load, database, kind, times):
    published.fault(kind, times, after=1)
    run = load()
    assert (run.status, run.records_processed) == ("success", 250)
    assert landed(database) == 250
    assert not [f for f in published.county.faults if f.times], "the fault never struck"


def test_retry_after_is_waited_for(published, load, database):
    published.fault("http_429", after=1, retry_after=1)
    started = time.monotonic()
    load()
    assert time.monotonic() - started >= 1
    assert landed(database) == 250


def test_slow_answer_is_asked_for_again(published, load, database):
    published.fault("slow", after=1, seconds=2)  # the time-out of the tests is 1 s
    load()
    assert landed(database) == 250


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("http_500", "answered status 500: Internal Server Error"),
        ("esri_error", "error 500: Unable to complete operation"),
        ("html_200", "an HTML page instead of JSON: Down for maintenance"),
        ("html_403", "answered status 403"),
        ("truncated_json", "breaks off"),
        ("drop", "breaks the connection"),
        ("empty_page", "announces 250 records but sent 100"),
    ],
)
def test_lasting_fault_fails_the_source_and_changes_nothing(
    published, load, database, kind, message
):
    load()
    before = database.rows("select xmin, * from raw.property_records order by payload_hash")
    published.publish("property_records", [parcel(n, TOTAL_MKT=1.0) for n in range(1, 251)])
    published.fault(kind, times=1000, after=1)
    with pytest.raises((SourceRefused, IncompleteRead), match=re.escape(message)):
        load()
    after = database.rows("select xmin, * from raw.property_records order by payload_hash")
    assert after == before
    run = database.last_run()
    assert run["status"] == "failure"
    assert message in run["error_message"]
    assert "traceback" in run["error_details"]


def test_records_missing_inside_a_page_fail_the_source(published, load, database):
    def lose_some(target, document):
        if "BETWEEN%20101" in target:
            del document["features"][40:45]
        return document

    published.tamper.change = lose_some
    with pytest.raises(IncompleteRead, match="announces 250 records but sent 245"):
        load()
    assert landed(database) == 0
    published.tamper.change = None
    load()
    assert landed(database) == 250


def test_record_added_while_reading_is_received(published, load, database):
    def add_later(target, document):
        if "BETWEEN%20101" in target:
            published.publish("property_records", parcels(251))
        return document

    published.tamper.change = add_later
    assert load().records_processed == 251


def test_sparse_object_ids_are_all_read(county, load, database):
    ids = [*range(5, 120), 5_000, 2_000_000_000, *range(70_000, 70_200)]
    county.publish("property_records", [parcel(n, OBJECTID=oid) for n, oid in enumerate(ids)])
    assert load().records_processed == len(ids)
    pages = [t for t in county.targets if "BETWEEN" in t]
    assert len(pages) == 5  # four with records, one without


def test_unsorted_pages_are_refused(published, load, database):
    def shuffle(target, document):
        if "features" in document:
            document["features"].reverse()
        return document

    published.tamper.change = shuffle
    with pytest.raises(UnstablePaging):
        load()
    assert landed(database) == 0


def test_repeated_first_page_is_refused(published, load):
    first_page = []

    def repeat(target, document):
        if "features" in document:
            first_page.append(document)
            return first_page[0]
        return document

    published.tamper.change = repeat
    with pytest.raises(UnstablePaging):
        load()


def test_page_is_halved_where_the_server_fails_below_its_limit(published, load, database):
    def fail_above_40(target, document):
        size = re.search(r"resultRecordCount=(\d+)", target)
        if size and int(size[1]) > 40:
            return {"error": {"code": 500, "message": "too much"}}
        return document

    published.tamper.change = fail_above_40
    assert load().records_processed == 250
    sizes = re.findall(r"resultRecordCount=(\d+)", " ".join(published.targets))
    assert set(sizes) == {"100", "50", "25"}


def test_requests_are_spelled_as_the_filters_want_them(published, load):
    load()
    pages = [t for t in published.targets if "BETWEEN" in t]
    assert len(pages) == 4
    for target in pages:
        assert "+" not in target
        assert "%20BETWEEN%20" in target
        assert ">" not in target and "%3E" not in target
        assert "orderByFields=OBJECTID" in target
        assert "resultOffset" not in target
    agents = {headers["user-agent"] for _, headers in published.tamper.requests}
    assert all(agent.startswith("wholesaler/") for agent in agents)


def test_layers_own_page_limit_is_kept(county, load, monkeypatch):
    monkeypatch.setenv("ETL_BATCH_SIZE", "5000")
    county.publish("property_records", parcels(1500))
    assert load().records_processed == 1500
    sizes = set(re.findall(r"resultRecordCount=(\d+)", " ".join(county.targets)))
    assert sizes == {"1000"}


def test_pause_between_requests_to_a_public_host(published):
    import requests

    from loaders.http import _PoliteAdapter

    session = requests.Session()
    session.mount("http://", _PoliteAdapter(0.2))
    started = time.monotonic()
    for _ in range(3):
        session.get(f"{published.url}/sandbox/health", timeout=5)
    assert time.monotonic() - started >= 0.4
