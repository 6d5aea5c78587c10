"""The sandbox county as a process of the demo: started on a free port, stopped by its id."""

# ruff: noqa: S603 - the commands are the project's own, never input
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo_steps import ROOT, STATE, StepFailed, console

START_SECONDS = 180
STOP_SECONDS = 10


@contextmanager
def sandbox(options: list[str]) -> Iterator[str]:
    """Serve a county while the block runs, with these options of `python -m sandbox serve`.

    Yields:
        Its URL.

    Raises:
        StepFailed: it ended or was not ready in time.
    """
    port_file, log = STATE / f"sandbox-{os.getpid()}.url", STATE / "logs" / "sandbox.log"
    command = [sys.executable, "-m", "sandbox", "serve", "--port", "0"]
    command += ["--port-file", str(port_file), *options]
    with log.open("w") as output:
        # A session of its own: Ctrl-C reaches the demo only, which stops it after the loader.
        server = subprocess.Popen(
            command, cwd=ROOT, stdout=output, stderr=output, start_new_session=True
        )
    try:
        with console.status("preparing the county's records"):
            url = _wait(server, port_file, log)
        yield url
    finally:
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        port_file.unlink(missing_ok=True)


def _wait(server: subprocess.Popen, port_file: Path, log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while not (port_file.exists() and (url := port_file.read_text().strip())):
        if server.poll() is not None:
            raise StepFailed(f"It ended with: {_last_words(log)}", f"See {log}")
        if time.monotonic() > deadline:
            raise StepFailed(f"It was not ready after {START_SECONDS} s.", "Try fewer PARCELS.")
        time.sleep(0.1)
    return url


def _last_words(log: Path) -> str:
    """The last lines of a log, without the frame rich draws around an error."""
    lines = (line.strip("│╭╮╰╯─ ") for line in log.read_text(errors="replace").splitlines())
    return " ".join([line for line in lines if line][-3:]) or "no message"
