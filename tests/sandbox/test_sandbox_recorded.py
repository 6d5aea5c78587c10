"""Recorded answers are served by the same protocol code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def recorded(serve, recorded_folder):
    with serve("--from", str(recorded_folder)) as client:
        yield client


@pytest.mark.parametrize("source", ["tax_sales", "foreclosures", "property_records"])
def test_every_recorded_feature_is_served_as_recorded(recorded, recorded_folder, source):
    expected = json.loads((recorded_folder / f"{source}.json").read_text())["features"]
    assert recorded.features(source) == expected
    assert recorded.counts()[source] == len(expected)


def test_the_id_field_is_the_attributes_own(recorded):
    about = recorded.get(recorded.LAYERS["tax_sales"], f="json").json()
    assert about["objectIdField"] == "ObjectID"
    assert "ObjectID" in {field["name"] for field in about["fields"]}


def test_filters_work_on_recorded_answers(recorded):
    rows = recorded.attributes("property_records")
    found = recorded.query("property_records", where="OBJECTID BETWEEN 2 AND 4").json()["features"]
    assert [f["attributes"] for f in found] == rows[1:4]
    where = f"PARCEL IN ('{rows[7]['PARCEL']}')"
    found = recorded.query("property_records", where=where).json()["features"]
    assert [f["attributes"] for f in found] == [rows[7]]
    assert recorded.query("property_records", where="OBJECTID > 2").status_code == 403


def write(folder, source, content):
    (folder / f"{source}.json").write_text(json.dumps(content))


def test_a_missing_file_is_an_empty_layer(serve, tmp_path):
    with serve("--from", str(tmp_path)) as client:
        assert set(client.counts().values()) == {0}
        assert client.query("foreclosures").json()["features"] == []
        assert client.soda(select="count(*)").json() == [{"count": "0"}]
        assert client.soda().json() == []


def test_soda_rows_without_system_fields_get_them(serve, tmp_path):
    write(tmp_path, "code_violations", [{"apno": "1"}, {"apno": "2", "extra": "kept", ":id": "x"}])
    with serve("--from", str(tmp_path)) as client:
        first, second = client.cases()
        assert first[":id"] and first[":updated_at"]
        assert (second[":id"], second["extra"]) == ("x", "kept")
        assert client.soda(where="apno = '2'", select="apno").json() == [{"apno": "2"}]


def test_recorded_answers_have_no_days(serve, tmp_path):
    with serve("--from", str(tmp_path)) as client:
        assert client.http.post(f"{client.url}/sandbox/day/3", timeout=30).status_code == 409


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"features": [', "not JSON"),
        ('{"error": {"code": 400}}', "not an ArcGIS query answer"),
        (
            '{"features": [{"attributes": {"ObjectID": 1}}, {"attributes": {"ObjectID": 1}}]}',
            "unique",
        ),
    ],
)
def test_a_bad_recording_is_named(tmp_path, content, reason):
    (tmp_path / "tax_sales.json").write_text(content)
    command = [sys.executable, "-m", "sandbox", "serve", "--port", "0", "--from", str(tmp_path)]
    done = subprocess.run(
        command,
        cwd=Path(__file__).resolve().parents[2],
        env=os.environ | {"COLUMNS": "500"},  # no line break within the path
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert "tax_sales.json" in done.stderr.replace("\n", "")
    assert reason in " ".join(done.stderr.replace("│", " ").split())
