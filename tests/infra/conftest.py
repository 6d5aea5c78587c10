"""Copies of the scripts with private servers of their own: the tests never touch yours."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ("PG", "WHOLESALER_", "AS_OF", "RECORDED", "SANDBOX_URL")


@dataclass
class Checkout:
    """A copy of `bin/` and `init-db/`, whose scripts run as `user` (None: as we are)."""

    path: Path
    user: str | None = None

    def run(self, command: str, *, ok: bool = True, **settings: str) -> str:
        """Run a shell command in the checkout; returns what it prints, errors included."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
        prefix = ["runuser", "-u", self.user, "--"] if self.user else []
        result = subprocess.run(
            [*prefix, "bash", "-c", command],
            cwd=self.path,
            env=kept | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        assert (result.returncode == 0) is ok, f"{command}: {result.returncode}\n{result.stdout}"
        return result.stdout

    def environment(self, **settings: str) -> dict[str, str]:
        """The connection as a program gets it from `eval "$(bin/env)"`."""
        printed = self.run('eval "$(bin/env)"; env -0', **settings)
        return dict(line.split("=", 1) for line in printed.split("\0") if line.startswith("PG"))

    def connect(self, role: str | None = None, **settings: str) -> psycopg.Connection:
        """Connect as every tool does: the login, then `set role`."""
        env = self.environment(**settings)
        return psycopg.connect(
            host=env["PGHOST"],
            port=env["PGPORT"],
            user=env["PGUSER"],
            password=env["PGPASSWORD"],
            dbname=env["PGDATABASE"],
            options=f"-c role={role}" if role else "",
            autocommit=True,
        )

    def server_pid(self) -> int:
        return int((self.path / ".local/postgres/postmaster.pid").read_text().split("\n")[0])

    @property
    def server_user(self) -> str:
        return pwd.getpwuid((self.path / ".local/postgres").stat().st_uid).pw_name

    def administer(self, statement: str) -> None:
        """A statement as superuser, through the private socket."""
        prefix = ["runuser", "-u", self.server_user, "--"] if os.geteuid() == 0 else []
        port = (self.path / ".local/port").read_text().strip()
        command = ["psql", "-X", "-q", "-U", "postgres", "-p", port, "-d", "postgres"]
        command += ["-h", str(self.path / ".local/run"), "-v", "ON_ERROR_STOP=1", "-c", statement]
        subprocess.run([*prefix, *command], check=True, cwd="/")


@pytest.fixture(scope="session")
def new_checkout() -> Iterator[Callable[..., Checkout]]:
    """Makes copies of the scripts; their servers and files are gone after the tests."""
    made: list[Checkout] = []

    def make(user: str | None = None) -> Checkout:
        # Not pytest's own folder: the server's user must be able to enter it.
        path = Path(tempfile.mkdtemp(prefix="wholesaler-test-"))
        path.chmod(0o755)
        for folder in ("bin", "init-db"):
            shutil.copytree(
                ROOT / folder, path / folder, ignore=shutil.ignore_patterns("__pycache__")
            )
        if user:
            for file in (path, *path.rglob("*")):
                shutil.chown(file, user)
        made.append(Checkout(path, user))
        return made[-1]

    yield make
    for checkout in made:
        checkout.run("bin/postgres down")
        shutil.rmtree(checkout.path)


@pytest.fixture(scope="session")
def running(new_checkout: Callable[..., Checkout]) -> Checkout:
    """A checkout whose server runs, with the database `wholesaler` initialised."""
    checkout = new_checkout()
    checkout.run("bin/postgres up && bin/init-db")
    return checkout
