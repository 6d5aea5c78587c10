"""The pairs of property and nearby code case, counted in memory: `python -m benchmarks.tree`.

Prints the pairs and the seconds of building the tree and counting as JSON. Reading the points
does not count.
"""

import json
import time

import numpy as np
import psycopg
from scipy.spatial import cKDTree

WORKERS = 2
RUNS = 2  # the better one counts, as for the model
# a tenth of a millimetre, as the models allow
TOLERANCE_FEET = 0.0003

# eight_tables.sql leaves both: planar feet, and the scale of the projection in each cell
PROPERTIES = f"""
    select
        property_cells.x_feet,
        property_cells.y_feet,
        (cell_scales.radius_feet + {TOLERANCE_FEET}) * cell_scales.scale
    from bench_floor.property_cells
    inner join bench_floor.cell_scales using (county_fips, cell)
"""  # noqa: S608
CASES = "select x_feet, y_feet from marts.code_violations where x_feet is not null"


def count(properties: np.ndarray, cases: np.ndarray) -> int:
    """Pairs within reach. `properties`: x, y and radius in feet; `cases`: x and y in feet."""
    tree = cKDTree(cases)
    near = tree.query_ball_point(
        properties[:, :2], r=properties[:, 2], workers=WORKERS, return_length=True
    )
    return int(near.sum())


def main() -> None:
    with psycopg.connect(options="-c role=wholesaler_transformer") as connection:
        properties, cases = (
            np.array(connection.execute(query).fetchall(), dtype=float)  # type: ignore[arg-type]
            for query in (PROPERTIES, CASES)
        )
    seconds = []
    for _ in range(RUNS):
        started = time.monotonic()
        pairs = count(properties, cases)
        seconds.append(time.monotonic() - started)
    print(json.dumps({"seconds": min(seconds), "pairs": pairs}))


if __name__ == "__main__":
    main()
