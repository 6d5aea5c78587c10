"""Socrata: only what changed since, and everything when that is due."""

import re

import pytest

from loaders.errors import IncompleteRead, UnstablePaging
from tests.loaders.published_records import case, cases

SOURCE = "code_violations"
LATER = "2026-03-02T06:00:00.000Z"


def rows_as_stored(database):
    return database.rows(f"select xmin, * from raw.{SOURCE} order by payload_hash, _dlt_valid_from")


def statuses(database):
    return {key: payload["caseinfostatus"] for key, payload in database.current(SOURCE)}


def test_first_load_reads_everything(load, county, database):
    county.publish(SOURCE, cases(250))
    run = load(SOURCE)
    assert (run.refresh_mode, run.records_processed, run.records_inserted) == ("full", 250, 250)
    payloads = [payload for _, payload in database.current(SOURCE)]
    assert sorted(payloads, key=lambda p: p[":id"]) == cases(250)


def test_second_load_asks_for_changes_only(load, county, database):
    county.publish(SOURCE, cases(250))
    load(SOURCE)
    changed = case(7, LATER, caseinfostatus="Closed")
    county.publish(
        SOURCE,
        [c for c in cases(250) if c["apno"] != changed["apno"]]
        + [
            changed,
            case(251, LATER),
        ],
    )
    run = load(SOURCE)
    assert run.refresh_mode == "incremental"
    # :updated_at >= the highest landed: the 250 of that moment are asked for again, harmlessly
    assert (run.records_inserted, run.records_updated, run.records_vanished) == (1, 1, 0)
    assert len(statuses(database)) == 251
    assert statuses(database)[changed["apno"]] == "Closed"

    before = rows_as_stored(database)
    run = load(SOURCE)
    assert (run.refresh_mode, run.records_processed, run.changed) == ("incremental", 2, 0)
    assert rows_as_stored(database) == before


def test_deleted_rows_are_found_by_a_full_read(load, county, database):
    county.publish(SOURCE, cases(10))
    load(SOURCE)
    county.publish(SOURCE, cases(8))
    assert load(SOURCE).records_vanished == 0
    assert len(statuses(database)) == 10
    run = load(SOURCE, full=True)
    assert (run.refresh_mode, run.records_vanished) == ("full", 2)
    assert len(statuses(database)) == 8


def test_rows_that_share_a_key_are_not_taken_for_each_other(load, county, database):
    twins = [case(1), case(2, apno=case(1)["apno"], case_type="Lot")]
    county.publish(SOURCE, [*twins, case(3)])
    load(SOURCE)
    later = {**twins[1], ":updated_at": LATER, "caseinfostatus": "Closed"}
    county.publish(SOURCE, [twins[0], later, case(3)])
    database.execute(  # as if the first one had landed long before
        f"update raw.{SOURCE} set payload = jsonb_set(payload, '{{:updated_at}}', "
        "'\"2026-03-01T07:00:00.000Z\"') where payload ->> ':id' = 'row-00003'"
    )
    run = load(SOURCE)
    assert (run.refresh_mode, run.records_processed, run.records_updated) == ("incremental", 1, 1)
    assert len(database.current(SOURCE)) == 4  # which of the twins changed is not known yet
    load(SOURCE, full=True)
    states = sorted(payload["caseinfostatus"] for _, payload in database.current(SOURCE))
    assert states == ["Closed", "Open", "Open"]


def test_full_read_is_due_after_a_week(load, county, database):
    county.publish(SOURCE, cases(10))
    load(SOURCE)
    assert load(SOURCE).refresh_mode == "incremental"
    database.execute("update ops.ingestion_runs set started_at = started_at - interval '8 days'")
    assert load(SOURCE).refresh_mode == "full"
    assert load(SOURCE).refresh_mode == "incremental"


def test_failed_full_read_does_not_count_as_one(load, county, database):
    county.publish(SOURCE, cases(10))
    load(SOURCE)
    database.execute("update ops.ingestion_runs set started_at = started_at - interval '8 days'")
    county.publish(SOURCE, [])
    with pytest.raises(IncompleteRead):
        load(SOURCE)
    county.publish(SOURCE, cases(10))
    assert load(SOURCE).refresh_mode == "full"


def test_republished_data_set_writes_nothing(load, county, database):
    county.publish(SOURCE, cases(20))
    load(SOURCE)
    before = rows_as_stored(database)
    republished = [
        {**c, ":id": f"row-new-{n:05d}", ":created_at": LATER, ":updated_at": LATER}
        for n, c in enumerate(cases(20))
    ]
    county.publish(SOURCE, republished)
    run = load(SOURCE)
    assert (run.records_processed, run.changed) == (20, 0)
    assert rows_as_stored(database) == before


def test_lost_working_folder_loses_nothing(load, county, database, environment, tmp_path):
    import shutil

    from loaders import PROJECT_DIR

    county.publish(SOURCE, cases(20))
    load(SOURCE)
    shutil.rmtree(PROJECT_DIR / ".local" / "dlt" / environment["PGDATABASE"])
    county.publish(SOURCE, [*cases(20), case(21, LATER)])
    run = load(SOURCE)
    assert (run.refresh_mode, run.records_inserted) == ("incremental", 1)


def test_nothing_new_is_a_good_load(load, county, database):
    county.publish(SOURCE, cases(5))
    load(SOURCE)
    county.publish(SOURCE, cases(4))  # an incremental read may well come back empty-handed
    assert load(SOURCE).status == "success"


def test_list_that_moves_between_pages_is_refused(load, county, database):
    county.publish(SOURCE, cases(250))

    def delete_first(target, document):
        if "%24offset=0" in target:
            county.publish(SOURCE, cases(250)[1:])
        return document

    county.tamper.change = delete_first
    with pytest.raises(UnstablePaging, match="changed while it was read"):
        load(SOURCE)
    assert statuses(database) == {}


@pytest.mark.parametrize("kind", ["http_500", "html_403", "truncated_json", "drop", "empty_page"])
def test_passing_fault_costs_no_row(load, county, database, kind):
    county.publish(SOURCE, cases(250))
    county.fault(kind, after=1, path_contains="$offset")
    assert load(SOURCE).records_processed == 250
    assert len(statuses(database)) == 250
    assert not [f for f in county.county.faults if f.times], "the fault never struck"


def test_app_token_is_sent_when_given(load, county, monkeypatch):
    county.publish(SOURCE, cases(3))
    load(SOURCE)
    assert not [h for _, h in county.tamper.requests if "x-app-token" in h]
    county.tamper.requests.clear()
    monkeypatch.setenv("SOCRATA_APP_TOKEN", "token-of-the-test")
    load(SOURCE, full=True)
    assert {h.get("x-app-token") for _, h in county.tamper.requests} == {"token-of-the-test"}


def test_requests_are_spelled_as_the_filter_wants_them(load, county):
    county.publish(SOURCE, cases(3))
    load(SOURCE)
    load(SOURCE)
    filtered = [t for t in county.targets if "where" in t]
    assert filtered
    for target in filtered:
        assert "+" not in target
        assert re.search(r"updated_at%20%3E%3D%20%272026-03-01T06", target)
