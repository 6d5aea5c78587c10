"""What a step is measured against, and whether it got there."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Goal:
    """A limit in a unit: "x" (times a floor), "%" (of another step), "MB" or "pages"."""

    limit: float
    unit: str
    at_least: bool = False

    def met(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self) -> str:
        return f"{'at least' if self.at_least else 'at most'} {self.limit:g} {self.unit}"


@dataclass
class Step:
    """One line of the result: seconds, memory and WAL in MiB, `value` in the goal's unit."""

    name: str
    seconds: float | None = None
    rows: int | None = None
    peak_mb: float | None = None
    wal_mb: float | None = None
    floor: str | None = None
    floor_seconds: float | None = None
    value: float | None = None
    goal: Goal | None = None

    def compared(self, floor: str, floor_seconds: float, value: float, goal: Goal) -> "Step":
        """Set beside something measured in the same run."""
        self.floor, self.floor_seconds, self.value, self.goal = floor, floor_seconds, value, goal
        return self

    def as_dict(self) -> dict[str, Any]:
        """What benchmarks.json keeps: figures that are known, rounded to what they mean."""
        per_second = self.rows / self.seconds if self.rows and self.seconds else None
        found = {
            "name": self.name,
            "seconds": rounded(self.seconds, 3),
            "rows": self.rows,
            "rows_per_second": rounded(per_second, 0),
            "peak_mb": rounded(self.peak_mb, 0),
            "wal_mb": rounded(self.wal_mb, 2),
            "floor": self.floor,
            "floor_seconds": rounded(self.floor_seconds, 3),
            "value": rounded(self.value, 3),
            "unit": self.goal.unit if self.goal else None,
            "target": str(self.goal) if self.goal else None,
            "met": self.goal.met(self.value) if self.goal and self.value is not None else None,
        }
        return {key: value for key, value in found.items() if value is not None}


def rounded(value: float | None, digits: int) -> float | int | None:
    """None stays None; no digits give a whole number."""
    return None if value is None else round(value, digits) if digits else round(value)
