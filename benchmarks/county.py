"""A sandbox county in a process of its own, rendered before anything is measured."""

# ruff: noqa: S603 - the command is the project's own, never input
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.request import Request, urlopen

from benchmarks.failures import BenchFailed
from benchmarks.measure import LINES_SHOWN, ROOT

READY = "sandbox county ready at "
STOP_SECONDS = 10
MOVE_SECONDS = 600


@dataclass
class County:
    """Where it answers."""

    url: str

    def move_to_day(self, day: int) -> None:
        """About 1 % of the parcels change a day, 0.5 % of the code cases."""
        with urlopen(  # noqa: S310 - our own process, on 127.0.0.1
            Request(f"{self.url}/sandbox/day/{day}", method="POST"),  # noqa: S310
            timeout=MOVE_SECONDS,
        ):
            pass


@contextmanager
def serving(parcels: int, as_of: date, log: Path) -> Iterator[County]:
    """Serve a county of so many parcels while the block runs.

    Raises:
        BenchFailed: it did not become ready.
    """
    command = [sys.executable, "-m", "sandbox", "serve", "--port", "0", "--warm"]
    command += ["--parcels", str(parcels), "--as-of", as_of.isoformat()]
    with log.open("w") as errors:
        # A session of its own: Ctrl-C reaches the bench only, which stops it after the loader.
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line.startswith(READY):
            last_words = "\n  ".join(log.read_text().splitlines()[-LINES_SHOWN:])
            raise BenchFailed(
                f"The sandbox county did not start: {line}{last_words}",
                "Try a smaller SIZE, or look at it alone: python -m sandbox serve --warm",
            )
        yield County(line.removeprefix(READY).strip())
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
