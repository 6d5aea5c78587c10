"""The parts of the bench that need no county: measuring, goals, tables, blocks, plans."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psycopg
import pytest

from benchmarks.failures import BenchFailed
from benchmarks.goals import Goal, Step
from benchmarks.measure import ROOT, run_command, wal_of_block
from benchmarks.plans import as_text, slowest_plans
from benchmarks.report import lines_of, markdown_block, replace_blocks, write_markdown
from benchmarks.results import Result, growth, make_result, save_result
from benchmarks.tree import count

MACHINE = {
    "cores": 2,
    "memory_gb": 4.0,
    "cpu": "a processor",
    "postgresql": "15.1",
    "postgis": "3.3.2",
}


def result(size: int, seconds: float) -> Result:
    """A run whose landing took so long, its floor half of it."""
    step = Step("landing the roll", seconds, size, 200, 12.5)
    step.compared("a floor", seconds / 2, 2.0, Goal(2.7, "x"))
    readers = [
        {
            "question": "top 50 leads",
            "query": "select 1",
            "pages": 12,
            "milliseconds": 0.5,
            "rows": 50,
            "table": "leads",
            "table_pages": 900,
        }
    ]
    slowest = [{"node": "model.x.y", "seconds": 1.5}]
    facts = {"readers": readers, "slowest_full": slowest, "slowest_daily": slowest}
    return make_result([step], facts, MACHINE, "2026-03-02", 0.4)


@pytest.fixture
def log() -> Iterator[Path]:
    path = ROOT / ".local" / "tests" / f"bench-{os.getpid()}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    yield path
    path.unlink()


def test_a_command_is_timed_and_weighed(log: Path) -> None:
    code = "import time; held = bytearray(300 * 2**20); time.sleep(0.3)"
    usage = run_command([sys.executable, "-c", code], log, {})
    assert 0.3 < usage.seconds < 30
    assert usage.peak_mb is not None
    assert 300 < usage.peak_mb < 600


@pytest.mark.skipif(sys.platform != "linux", reason="memory of children is read from /proc")
def test_memory_of_a_command_is_that_of_its_processes_and_not_of_ours(log: Path) -> None:
    ours = bytearray(300 * 2**20)
    held = "import time; held = bytearray(80 * 2**20); time.sleep(1)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {held!r}])"
    alone = run_command([sys.executable, "-c", held], log, {}).peak_mb
    together = run_command([sys.executable, "-c", parent], log, {}).peak_mb
    assert alone is not None
    assert together is not None
    assert 80 < alone < 200 < len(ours) / 2**20
    assert alone + 5 < together < 250


def test_a_failing_command_says_what_it_said(log: Path) -> None:
    with pytest.raises(BenchFailed, match="no such county") as failure:
        run_command([sys.executable, "-c", "raise SystemExit('no such county')"], log, {})
    assert log.name in failure.value.next_step


def test_wal_is_what_the_block_wrote() -> None:
    options = "-c role=wholesaler_transformer"
    with psycopg.connect(autocommit=True, options=options) as connection:
        with wal_of_block(connection) as little:
            connection.execute("select 1")
        connection.execute("create table staging.written (line text)")
        try:
            with wal_of_block(connection) as much:
                connection.execute(
                    """
                    insert into staging.written
                    select repeat('x', 100) from generate_series(1, 50000)
                    """
                )
        finally:
            connection.execute("drop table staging.written")
    assert much.wal_mb > 5
    assert much.wal_mb > little.wal_mb


def test_pairs_are_counted_with_the_boundary() -> None:
    properties = np.array([[0.0, 0.0, 10.0], [100.0, 0.0, 1.0]])
    cases = np.array([[10.0, 0.0], [0.0, 3.0], [0.0, 3.0], [0.0, 10.01]])
    assert count(properties, cases) == 3


@pytest.mark.parametrize(
    ("goal", "value", "met"),
    [
        (Goal(2.7, "x"), 2.7, True),
        (Goal(2.7, "x"), 2.71, False),
        (Goal(50, "x", at_least=True), 49.9, False),
        (Goal(50, "x", at_least=True), 50, True),
    ],
)
def test_a_goal_is_met_or_not(goal: Goal, value: float, met: bool) -> None:
    assert goal.met(value) is met


def test_rendered_lines_hold_rate_ratio_and_goal() -> None:
    (line,) = lines_of({1000: result(1000, 4.0)}, 1000)
    assert line == (
        *("landing the roll", "4.00", "250", "200", "12.5"),
        *("a floor", "2.00", "2.00 x", "at most 2.7 x", "yes"),
    )


def test_growth_is_time_per_row_against_the_smaller_size() -> None:
    results = {
        10_000: result(10_000, 9),
        100_000: result(100_000, 10),
        500_000: result(500_000, 75),
    }
    (line,) = growth(results, 500_000)
    assert (line["value"], line["met"], line["floor"]) == (1.5, False, "100,000 parcels")
    assert growth(results, 100_000)[0]["floor"] == "10,000 parcels"
    assert growth(results, 10_000) == []


def test_a_run_replaces_its_block_and_no_word_around_it(tmp_path: Path) -> None:
    document, saved = tmp_path / "benchmarks.md", tmp_path / "benchmarks.json"
    document.write_text("# Before\n\nAfter.\n")
    for size, seconds in ((500_000, 30.0), (1000, 4.0), (500_000, 25.0)):
        results = save_result(saved, size, result(size, seconds))
        write_markdown(document, results)
    text = document.read_text()
    assert list(results) == [1000, 500_000]
    assert list(json.loads(saved.read_text())) == ["1000", "500000"]
    assert text.startswith("# Before\n\nAfter.\n")
    assert text.index("<!-- bench 1000 -->") < text.index("<!-- bench 500000 -->")
    assert text.count("<!-- end -->") == 2
    assert "| 30.0 |" not in text
    assert "| 25.0 |" in text
    assert replace_blocks(text, results) == text
    edited = text.replace("<!-- end -->\n\n", "<!-- end -->\n\nBetween.\n\n", 1)
    assert "Between." in replace_blocks(edited, results)
    assert markdown_block(results, 1000) in text


def test_the_longest_plan_of_each_slow_model_is_found() -> None:
    log = "".join(
        f"{time} UTC [7] LOG:  duration: {ms} ms  plan:\n"
        f'\tQuery Text: /* {{"node_id": "{node}"}} */ select the_statement\n'
        f"\tSeq Scan on {table}  (cost=1)\n{time} UTC [7] LOG:  something else\n"
        for time, ms, node, table in (
            ("2026-03-02 06:59:59.000", 9000.0, "model.w.slow", "an_older_run"),
            ("2026-03-02 07:00:01.000", 40.5, "model.w.slow", "the_short_one"),
            ("2026-03-02 07:00:02.000", 900.0, "model.w.slow", "the_long_one"),
            ("2026-03-02 07:00:03.000", 50.0, "test.w.other", "a_test"),
        )
    )
    slowest = [{"node": "test.w.other"}, {"node": "model.w.slow"}, {"node": "model.w.absent"}]
    found = slowest_plans(log, "2026-03-02 07:00:00", slowest)
    assert [(plan.node, plan.milliseconds) for plan in found] == [("model.w.slow", 900.0)]
    text = as_text(found)
    assert "the_long_one" in text
    assert "something else" not in text
    assert "the_statement" not in text
    assert "model.w.slow: 0.9 s" in text
