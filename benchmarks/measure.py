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

KIB = 1024
MIB = 1024 * KIB
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
        Its wall seconds and its peak memory in MiB: on Linux with the processes it started,
        elsewhere the largest process alone.

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
    # on Linux ru_maxrss starts at the size of the process that forked: ours, not the command's
    peak_bytes = usage.ru_maxrss if sys.platform == "darwin" else tree.peak_bytes
    return Usage(seconds, peak_bytes / MIB)


class _TreeMemory(threading.Thread):
    """Watches the resident memory of a process and of all it started."""

    INTERVAL_SECONDS = 0.1

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self.peak_bytes = 0

    def run(self) -> None:
        while processes := list(_tree(self._pid)):
            together = sum(resident for resident, _ in processes)
            # a peak between two looks is still the highest of its process
            highest = max(peak for _, peak in processes)
            self.peak_bytes = max(self.peak_bytes, together, highest)
            time.sleep(self.INTERVAL_SECONDS)


def _tree(pid: int) -> Iterator[tuple[int, int]]:
    """Resident and highest resident bytes of a process and all below it.

    Nothing once it has ended, or without /proc. Source: proc(5), VmRSS and VmHWM.
    """
    process = Path(f"/proc/{pid}")
    try:
        lines = (process / "status").read_text().splitlines()
        children = (process / "task" / str(pid) / "children").read_text().split()
    except OSError:
        return
    sizes = {name: size for name, _, size in (line.partition(":") for line in lines)}
    if "VmRSS" not in sizes:
        return
    resident, highest = (int(sizes[name].split()[0]) * KIB for name in ("VmRSS", "VmHWM"))
    yield resident, highest
    for child in children:
        yield from _tree(int(child))


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
