"""Memory does not follow the size of the source, and what is written follows what changed."""

import re
import subprocess
import sys

import pytest
import requests

from tests.loaders.conftest import REPOSITORY

LOAD_AND_MEASURE = r"""
import os
import re
from pathlib import Path
from loaders.progress import Silent
from loaders.run import load_source

def peak(pid):
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) if found else 0  # a process that has ended has no memory

class Watch(Silent):
    child = 0

    def advance(self, records):  # while the encoding process is there
        for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
            self.child = max(self.child, peak(pid))

watch = Watch()
run = load_source("12095", "property_records", progress=watch)
assert watch.child
print(run.records_processed, run.changed, (peak(os.getpid()) + watch.child) // 1024)
"""


@pytest.fixture
def large_county(environment):
    """Start generated sandboxes of any size; gives a function from parcels to settings."""
    servers = []

    def start(parcels):
        size = ("--parcels", str(parcels))
        server = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "serve", "--port", "0", *size],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            text=True,
        )
        servers.append(server)
        url = re.search(r"ready at (http\S+)", server.stdout.readline())[1]
        return {**environment, "SANDBOX_URL": url, "ETL_BATCH_SIZE": "1000"}

    yield start
    for server in servers:
        server.terminate()
        server.wait()


def load_and_measure(environment):
    """(records processed, keys changed, peak memory of both processes in MB) of a load."""
    done = subprocess.run(
        [sys.executable, "-c", LOAD_AND_MEASURE],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return tuple(map(int, done.stdout.split()))


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_memory_does_not_grow_with_the_source(large_county, database):
    small_processed, _, small_peak = load_and_measure(large_county(10_000))
    database.execute("truncate raw.property_records")
    processed, _, peak = load_and_measure(large_county(60_000))
    assert (small_processed, processed) == (10_000, 60_000)
    assert peak - small_peak < 15, f"{small_peak} MB at 10,000 records, {peak} MB at 60,000"


def test_next_day_writes_what_changed(large_county, load, database, monkeypatch):
    url = large_county(10_000)["SANDBOX_URL"]
    monkeypatch.setenv("SANDBOX_URL", url)
    monkeypatch.setenv("ETL_BATCH_SIZE", "1000")
    load()
    written = (
        "select sum(n_tup_ins + n_tup_upd) from pg_stat_user_tables "
        "where relname = 'property_records' and schemaname in ('raw', 'raw_staging')"
    )
    database.wait_until(f"select ({written}) >= 2 * 9990")  # staged and merged
    before = database.value(written)
    requests.post(f"{url}/sandbox/day/1", timeout=30).raise_for_status()
    run = load()
    database.wait_until(f"select ({written}) > {before}")
    assert 0 < run.changed < 500
    # a changed record: staged twice (new version, retirement), inserted once, updated once
    assert database.value(written) - before <= 4 * run.changed + 40
