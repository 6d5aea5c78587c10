"""`make demo` as a user runs it: twice, interrupted, and where it cannot work."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A small county on a fixed date, in a database and a dbt target folder of the test's own."""
    database = f"wholesaler_test_demo_{os.getpid()}"
    folder = tmp_path_factory.mktemp("demo")
    yield os.environ | {
        "PGDATABASE": database,
        "PARCELS": "500",
        "AS_OF": "2026-03-02",
        "RECORDED": "",
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    subprocess.run([ROOT / "bin/database", "drop", database], check=True)


def demo(settings: dict[str, str], exit_code: int = 0, **changed: str) -> str:
    """Run the demo; returns what it prints, errors included."""
    result = subprocess.run(
        [ROOT / "bin/demo"],
        env=settings | changed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == exit_code, result.stdout
    return " ".join(result.stdout.split())


def test_ends_with_leads_and_the_second_run_changes_nothing(settings: dict[str, str]) -> None:
    first = demo(settings)
    assert re.search(r"property_records 4\d\d", first)
    assert re.search(r"[1-9]\d* tests passed", first)
    assert re.search(r"Leads per tier: A [1-9]", first)
    assert "The best 10 leads" in first
    assert re.search(r"Time install .* s, .* dbt build .* s, .* total", first)
    assert "Nothing new" not in first
    assert "Nothing new: no record was added" in demo(settings)


def test_stopped_it_leaves_no_sandbox_behind(settings: dict[str, str]) -> None:
    with subprocess.Popen(
        [ROOT / "bin/demo"],
        env=settings,
        stdout=subprocess.PIPE,
        text=True,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        url = next(
            match[0] for line in process.stdout if (match := re.search(r"http://\S+\d", line))
        )
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C in a terminal does
        rest = process.stdout.read()
    assert process.returncode == 130
    assert "Stopped" in rest
    with socket.socket() as connection:
        assert connection.connect_ex(("127.0.0.1", urlsplit(url).port)) != 0


def test_a_failing_step_is_named_with_cause_and_next_thing_to_do(
    settings: dict[str, str], tmp_path: Path
) -> None:
    said = demo(settings, 1, PGHOST="127.0.0.1", PGPORT="1")
    assert "error: no connection" in said
    assert "Step 3 of 7, init-db, failed." in said
    assert "Next:" in said
    (tmp_path / "tax_sales.json").write_text("not json")
    said = demo(settings, 1, RECORDED=str(tmp_path), COLUMNS="500")  # the path in one line
    assert "Step 4 of 7, sandbox, failed." in said
    assert "tax_sales.json" in said


def test_recorded_answers_need_a_database_of_their_own(
    settings: dict[str, str], tmp_path: Path
) -> None:
    assert "PGDATABASE=" in demo(settings, 1, RECORDED=str(tmp_path), PGDATABASE="")
    assert "AS_OF must be a date" in demo(settings, 1, AS_OF="yesterday")


def test_real_records_stay_out_of_the_demos_database(
    settings: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "tax_sales.json").write_text("not json")
    demo(settings, 1, RECORDED=str(tmp_path))  # fails, but after it has taken the database
    said = subprocess.run(
        [ROOT / "bin/load", "--live"], env=settings, capture_output=True, text=True, check=False
    )
    assert said.returncode == 1
    assert "holds the demo's county" in said.stderr
