"""Seconds and peak memory of a command, WAL of whatever runs in between."""

# ruff: noqa: S603 - the commands are the project's own, never input
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.failures import BenchFailed

MIB = 1024 * 1024
# Linux counts ru_maxrss in KiB, macOS in bytes
RSS_UNIT = 1 if sys.platform == "darwin" else 1024
LINES_SHOWN = 12
ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Usage:
    """What something cost: wall seconds, peak resident memory and WAL in MiB."""

    seconds: float = 0.0
    peak_mb: float | None = None
    wal_mb: float = 0.0


def run_command(command: Sequence[str | Path], log: Path, env: Mapping[str, str]) -> Usage:
    """Run a command of the project to its end, its output in `log`.

    Returns:
        Its wall seconds and its peak memory in MiB, processes it started included where /proc
        tells (never below that of this process, which the kernel hands down, so this process
        stays small).

    Raises:
        BenchFailed: it ended with an error.
    """
    with log.open("w") as output:
        started = time.monotonic()
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **env}, stdout=output, stderr=subprocess.STDOUT
        )
        tree = _TreeMemory(process.pid)
        tree.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.terminate()
            process.wait()
            raise
        seconds = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        last_words = "\n  ".join(log.read_text(errors="replace").splitlines()[-LINES_SHOWN:])
        raise BenchFailed(
            f"`{' '.join(map(str, command))}` ended with {process.returncode}:\n  {last_words}",
            f"The whole output: {log.relative_to(ROOT)}. KEEP=1 keeps the database for a look.",
        )
    return Usage(seconds, max(usage.ru_maxrss * RSS_UNIT, tree.peak_bytes) / MIB)


class _TreeMemory(threading.Thread):
    """Watches the resident memory of a process and its children; rusage knows the larger one."""

    INTERVAL_SECONDS = 0.2

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self.peak_bytes = 0

    def run(self) -> None:
        while resident := _resident_bytes(self._pid):
            self.peak_bytes = max(self.peak_bytes, resident)
            time.sleep(self.INTERVAL_SECONDS)


def _resident_bytes(pid: int) -> int:
    """Of a process and all below it; 0 when it is gone, or without /proc."""
    process = Path(f"/proc/{pid}")
    try:
        pages = int((process / "statm").read_text().split()[1])
        children = (process / "task" / str(pid) / "children").read_text().split()
    except OSError:
        return 0
    own = pages * os.sysconf("SC_PAGE_SIZE")
    return own + sum(_resident_bytes(int(child)) for child in children)


def wal_bytes(connection: psycopg.Connection) -> int:
    """WAL the server ever wrote, in bytes: the difference of two calls is what lies between."""
    query = "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"
    return connection.execute(query).fetchone()[0]  # type: ignore[index]


@contextmanager
def wal_of_block(connection: psycopg.Connection) -> Iterator[Usage]:
    """Yields a usage whose wal_mb is filled at the end: MiB of WAL the whole server wrote."""
    usage, before = Usage(), wal_bytes(connection)
    yield usage
    usage.wal_mb = (wal_bytes(connection) - before) / MIB


def timed_sql(connection: psycopg.Connection, statement: str) -> float:
    """Wall seconds of one SQL statement without parameters."""
    started = time.monotonic()
    connection.execute(statement)  # type: ignore[arg-type] # compiled by dbt, or ours
    return time.monotonic() - started
