"""Results by size of county: docs/benchmarks.json, and what comparing two sizes tells."""

import json
from pathlib import Path
from typing import Any

from benchmarks.goals import Goal, Step, rounded

GROWTH_STEPS = ("landing the roll", "full dbt build")
GROWTH_GOAL = Goal(1.2, "x")
GROWTH_FROM = 100_000

Result = dict[str, Any]


def read_results(path: Path) -> dict[int, Result]:
    """Saved results by number of parcels, smallest first; none if there is no file."""
    saved = json.loads(path.read_text()) if path.exists() else {}
    return {int(size): saved[size] for size in sorted(saved, key=int)}


def save_result(path: Path, size: int, result: Result) -> dict[int, Result]:
    """Put the result of a size in the place of the one before. Returns all results."""
    results = read_results(path) | {size: result}
    by_size = {str(key): results[key] for key in sorted(results)}
    path.write_text(json.dumps(by_size, indent=2) + "\n")
    return read_results(path)


def growth(results: dict[int, Result], size: int) -> list[dict[str, Any]]:
    """Time per row of this size over that of 100,000 parcels, or else the next smaller size."""
    smaller = [other for other in results if other < size]
    if not smaller:
        return []
    base = GROWTH_FROM if GROWTH_FROM in smaller else max(smaller)
    lines = []
    for name in GROWTH_STEPS:
        before, now = (_seconds_per_row(results[other], name) for other in (base, size))
        if before and now:
            step = Step(f"growth, {name}: time per row", value=now / before, goal=GROWTH_GOAL)
            step.floor = f"{base:,} parcels"
            lines.append(step.as_dict())
    return lines


def _seconds_per_row(result: Result, name: str) -> float | None:
    for step in result["steps"]:
        if step["name"] == name and step.get("rows"):
            return step["seconds"] / step["rows"]
    return None


def make_result(
    steps: list[Step], facts: dict[str, Any], machine: dict[str, Any], day: str, load: float
) -> Result:
    """What is saved of a run, of its `day`, and the `load` average it started at."""
    return {
        "date": day,
        "machine": machine,
        "load_average": rounded(load, 1),
        "steps": [step.as_dict() for step in steps],
        **facts,
    }
