"""What the command line shows: progress of a load, and tables."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from loaders.progress import Progress as LoadProgress

LOG_EVERY_SECONDS = 10
READING_SHARE = 0.7  # of a load; the rest is landing, and the clock runs on during it
LAST_STEPS = ("done", "failed")


@dataclass
class _Bar:
    """One source as a line of a rich progress display."""

    bars: Progress
    task: TaskID
    announced: int = 0
    received: int = 0

    def begin(self, announced: int) -> None:
        self.announced = announced
        self.bars.update(self.task, total=(announced + 1) / READING_SHARE, step="reading")
        self.bars.start_task(self.task)

    def advance(self, records: int) -> None:
        self.received += records
        counted = f"{self.received:,} of {self.announced:,}"
        self.bars.update(self.task, advance=records, records=counted)

    def step(self, name: str) -> None:
        self.bars.update(self.task, step=name)
        if name in LAST_STEPS:
            total = self.bars.tasks[self.task].total or 1
            self.bars.update(self.task, total=total, completed=total)


@dataclass
class _Lines:
    """One source as log lines, for logs and schedulers."""

    console: Console
    name: str
    announced: int = 0
    received: int = 0
    next_line_at: float = field(default_factory=lambda: time.monotonic() + LOG_EVERY_SECONDS)

    def begin(self, announced: int) -> None:
        self.announced = announced
        self._line(f"reading {announced:,} records")

    def advance(self, records: int) -> None:
        self.received += records
        if time.monotonic() >= self.next_line_at:
            self.next_line_at = time.monotonic() + LOG_EVERY_SECONDS
            self._line(f"{self.received:,} of {self.announced:,}")

    def step(self, name: str) -> None:
        if name == "landing":
            self._line("landing what changed")

    def _line(self, text: str) -> None:
        self.console.print(f"{self.name}: {text}", highlight=False)


class LoadDisplay:
    """Gives each source its line; bars on a terminal, plain text elsewhere."""

    def __init__(self, console: Console, bars: Progress | None) -> None:
        self._console = console
        self._bars = bars

    def source(self, name: str) -> LoadProgress:
        if self._bars is None:
            return _Lines(self._console, name)
        task = self._bars.add_task(name, total=None, start=False, step="waiting", records="")
        return _Bar(self._bars, task)


@contextmanager
def load_display(console: Console) -> Iterator[LoadDisplay]:
    """Shows loads while the block runs."""
    if not console.is_terminal:
        yield LoadDisplay(console, None)
        return
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[records]}", justify="right"),
        TextColumn("{task.fields[step]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    ) as bars:
        yield LoadDisplay(console, bars)
