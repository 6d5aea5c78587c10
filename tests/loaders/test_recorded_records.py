"""Real records, as the county once sent them, land whole. Skipped where they are not at hand."""

import json
import os
from pathlib import Path

import pytest

from tests.loaders.conftest import REPOSITORY

RECORDED = Path(os.environ.get("RECORDED_DIR", REPOSITORY.parent / "shared" / "recorded"))
ROWS = {"tax_sales": 40, "foreclosures": 100, "property_records": 90}

pytestmark = pytest.mark.skipif(
    not RECORDED.is_dir(), reason=f"no recorded records in {RECORDED} (RECORDED_DIR)"
)


@pytest.mark.parametrize("source", ROWS)
def test_recorded_records_land_as_sent(county, load, database, source):
    features = json.loads((RECORDED / f"{source}.json").read_text())["features"]
    county.publish(source, [{**f["attributes"], "geometry": f["geometry"]} for f in features])
    run = load(source)
    assert (run.status, run.records_processed) == ("success", ROWS[source])
    landed = [payload for _, payload in database.current(source)]
    assert len(landed) == ROWS[source]

    def in_order(records):
        attributes = (record["attributes"] for record in records)
        return sorted(attributes, key=lambda a: json.dumps(a, sort_keys=True))

    assert in_order(landed) == in_order(features)
    assert load(source).changed == 0
