"""A loader killed at any moment leaves nothing that a next run does not put right."""

import os
import signal
import subprocess
import time

import pytest

from loaders.errors import AlreadyRunning
from loaders.run import load_source
from tests.loaders.published_records import parcel, parcels

ARGUMENTS = ("load", "--source", "property_records")
WAITS_FOR_TURN = "select exists (select from pg_locks where locktype = 'advisory' and not granted)"
WAITS_FOR_TABLE = (
    "select exists (select from pg_locks where not granted "
    "and relation = '{table}'::regclass and mode = '{mode}')"
)
WAITS_TO_COPY = WAITS_FOR_TABLE.format(
    table="raw_staging.property_records", mode="AccessExclusiveLock"
)  # dlt empties the staging table first
WAITS_TO_MERGE = WAITS_FOR_TABLE.format(table="raw.property_records", mode="RowExclusiveLock")
WAITS_TO_COMPARE = WAITS_FOR_TABLE.format(table="raw.property_records", mode="ShareLock")
NOBODY_WORKS = "select count(*) = 1 from pg_stat_activity where datname = current_database()"


@pytest.fixture
def second_day(county, load, database):
    """One load is done, the next one has something of everything to do."""
    county.publish("property_records", parcels(300))
    load()
    changed = [parcel(n, TOTAL_MKT=1.0) for n in range(1, 101)]
    county.publish("property_records", [*changed, *parcels(250)[100:], parcel(301)])


def content(database):
    """Everything but who loaded it when."""
    return database.rows(
        "select source_key, payload_hash, payload, _dlt_valid_to is null "
        "from raw.property_records order by 2, 4"
    )


def encoding_process(process):
    """The process id of its child that encodes records; None while it has none."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True)
    for line in listed.stdout.splitlines():
        pid, parent, arguments = line.split(maxsplit=2)
        # it starts others too, for a moment
        if int(parent) == process.pid and "loaders.encoding" in arguments:
            return int(pid)
    return None


def is_running(pid):
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return listed.stdout.strip()[:1] not in ("", "Z")


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


def assert_next_run_repairs(load, database, runs=3):
    database.wait_until(NOBODY_WORKS)
    run = load()
    assert run.status == "success"
    versions = content(database)
    assert len(versions) == 401  # 300 first ones, 100 changed, 1 new
    assert sum(is_current for *_, is_current in versions) == 251
    assert database.value(
        "select count(*) = count(distinct payload_hash) from raw.property_records "
        "where _dlt_valid_to is null"
    )
    assert load().changed == 0
    log = database.rows("select status, error_message from ops.ingestion_runs order by started_at")
    assert [status for status, _ in log] == ["success", "failure", "success", "success"]
    assert "died" in log[1][1]


def test_killed_while_reading(second_day, county, start_loader, load, database):
    county.fault("slow", after=2, seconds=0.9, times=20)
    asked = len(county.targets)
    process = start_loader(*ARGUMENTS)
    while len([t for t in county.targets[asked:] if "BETWEEN" in t]) < 3:
        assert process.poll() is None
    before = content(database)
    encoding = encoding_process(process)
    kill(process)
    county.county.faults.clear()
    deadline = time.monotonic() + 10
    while is_running(encoding):
        assert time.monotonic() < deadline, "the encoding process outlives the loader"
        time.sleep(0.05)
    assert content(database) == before
    assert database.last_run()["status"] == "running"
    assert_next_run_repairs(load, database)


def test_killed_between_reading_and_landing(second_day, start_loader, load, database):
    with database.connect() as other:
        other.execute(
            "select pg_advisory_lock(hashtextextended('wholesaler landing property_records', 0))"
        )
        process = start_loader(*ARGUMENTS)
        database.wait_until(WAITS_FOR_TURN)
        kill(process)
    assert_next_run_repairs(load, database)


def test_killed_while_copying_to_staging(second_day, start_loader, load, database):
    with database.connect() as other, other.transaction():
        other.execute("lock table raw_staging.property_records in share mode")
        process = start_loader(*ARGUMENTS)
        database.wait_until(WAITS_TO_COPY)
        kill(process)
    assert_next_run_repairs(load, database)


def test_killed_while_merging(second_day, start_loader, load, database):
    with database.connect() as other, other.transaction():
        other.execute("lock table raw.property_records in share mode")
        process = start_loader(*ARGUMENTS)
        database.wait_until(WAITS_TO_MERGE)
        kill(process)
    assert_next_run_repairs(load, database)


def test_next_run_waits_for_the_merge_of_a_killed_one(second_day, start_loader, load, database):
    """The server goes on with a merge whose client is gone: comparing meanwhile lands twice."""
    with database.connect() as other:
        with other.transaction():
            other.execute("lock table raw.property_records in share mode")
            process = start_loader(*ARGUMENTS)
            database.wait_until(WAITS_TO_MERGE)
            kill(process)
            follower = start_loader(*ARGUMENTS)
            database.wait_until(WAITS_TO_COMPARE)
        assert follower.wait(timeout=30) == 0
    assert sum(is_current for *_, is_current in content(database)) == 251


def test_interrupted_by_the_user(second_day, county, start_loader, load, database):
    county.fault("slow", after=1, seconds=0.9, times=20)
    process = start_loader(*ARGUMENTS)
    database.wait_until("select count(*) = 2 from ops.ingestion_runs")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Interrupted" in errors
    assert "Traceback" not in errors
    assert database.last_run()["status"] == "failure"


def test_encoding_process_is_killed(second_day, county, start_loader, load, database):
    county.fault("slow", after=2, seconds=0.9, times=20)
    before = content(database)
    process = start_loader(*ARGUMENTS)
    while not (encoding := encoding_process(process)):
        assert process.poll() is None
    os.kill(encoding, signal.SIGKILL)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "The process that encodes the records" in errors
    assert "ended with -9" in database.last_run()["error_message"]
    assert content(database) == before
    county.county.faults.clear()
    assert load().status == "success"


def test_second_run_at_a_time_is_refused(second_day, start_loader, load, database):
    with database.connect() as other:
        other.execute(
            "select pg_advisory_lock(hashtextextended('wholesaler landing property_records', 0))"
        )
        first = start_loader(*ARGUMENTS)
        database.wait_until(WAITS_FOR_TURN)
        with pytest.raises(AlreadyRunning, match="being loaded by another process"):
            load_source("12095", "property_records")
        assert database.value("select count(*) from ops.ingestion_runs") == 2
    assert first.wait(timeout=30) == 0


def test_package_that_cannot_be_loaded_does_not_block(second_day, load, database, monkeypatch):
    from loaders.landing import ChangedRows

    write = ChangedRows._write
    monkeypatch.setattr(
        ChangedRows,
        "_write",
        lambda self, keys, payloads, hashes: write(self, keys, [b"not json"] * len(keys), hashes),
    )
    with pytest.raises(Exception, match="invalid input syntax for type json"):
        load()
    assert database.last_run()["status"] == "failure"
    monkeypatch.setattr(ChangedRows, "_write", write)
    run = load()
    assert (run.status, run.records_inserted, run.records_updated) == ("success", 1, 100)
