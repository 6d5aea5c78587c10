"""The private server: starts once, survives crashes, works for root and for a normal user."""

import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.infra.conftest import Checkout

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to act as another user")


def test_up_twice_is_one_server(running: Checkout) -> None:
    before = running.server_pid()
    assert "running on 127.0.0.1" in running.run("bin/postgres up")
    assert running.server_pid() == before
    assert f"process {before}" in running.run("bin/postgres status")


def test_five_starts_at_once_make_one_server(new_checkout: Callable[..., Checkout]) -> None:
    checkout = new_checkout()
    said = checkout.run("for n in 1 2 3 4 5; do bin/postgres up & done; wait")
    assert said.count("server: started on") == 1
    assert said.count("server: running on") == 4
    checkout.run("bin/postgres down")
    assert "not running" in checkout.run("bin/postgres down")
    assert "not running" in checkout.run("bin/postgres status", ok=False)


def test_committed_rows_survive_a_killed_server(running: Checkout) -> None:
    with running.connect("wholesaler_loader") as connection:
        connection.execute("create table raw.survivor as select 42 as answer")
    os.kill(running.server_pid(), signal.SIGKILL)
    running.run("bin/postgres up")
    with running.connect("wholesaler_loader") as connection:
        assert connection.execute("select answer from raw.survivor").fetchall() == [(42,)]
        connection.execute("drop table raw.survivor")


def test_a_process_id_reused_after_a_crash_does_not_block_the_start(running: Checkout) -> None:
    pid_file = running.path / ".local/postgres/postmaster.pid"
    old_pid = running.server_pid()
    as_server = ["runuser", "-u", running.server_user, "--"] if os.geteuid() == 0 else []
    # PostgreSQL takes any living process of its own user for the old server.
    with subprocess.Popen([*as_server, "sleep", "60"], cwd="/") as wrapper:
        try:
            bystander = _child_of(wrapper.pid) if as_server else wrapper.pid
            os.kill(old_pid, signal.SIGKILL)
            content = pid_file.read_text().split("\n", 1)
            pid_file.write_text(f"{bystander}\n{content[1]}")
            running.run("bin/postgres up")
            assert running.server_pid() not in (old_pid, bystander)
            os.kill(bystander, 0)
        finally:
            wrapper.terminate()


def _child_of(pid: int) -> int:
    for _ in range(100):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        if children:
            return int(children.split()[0])
        time.sleep(0.05)
    raise AssertionError("runuser started nothing")


def test_listens_on_the_loopback_address_only(running: Checkout) -> None:
    with running.connect() as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("127.0.0.1",)
        assert connection.execute("show fsync").fetchone() == ("on",)
        assert connection.execute("show data_checksums").fetchone() == ("on",)
        assert connection.execute("show log_parameter_max_length").fetchone() == ("0",)


def test_administrator_cannot_come_over_the_network(running: Checkout) -> None:
    env = running.environment()
    with pytest.raises(psycopg.OperationalError, match="reject"):
        psycopg.connect(
            host="127.0.0.1", port=env["PGPORT"], user="postgres", password=env["PGPASSWORD"]
        )
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(
            host="127.0.0.1", port=env["PGPORT"], user="wholesaler", password="wholesaler"
        )


def test_password_is_kept_for_its_owner_only_and_out_of_the_logs(running: Checkout) -> None:
    file = running.path / ".local/password"
    assert file.stat().st_mode & 0o777 == 0o600
    password = file.read_text()
    assert len(password) == 48
    logs = [*running.path.glob(".local/logs/*"), *running.path.glob(".local/postgres/log/*")]
    assert logs
    assert not [log for log in logs if password in log.read_text()]


def test_a_lost_password_file_is_replaced(running: Checkout) -> None:
    file = running.path / ".local/password"
    old = file.read_text()
    file.unlink()
    running.run("bin/init-db")
    assert file.read_text() != old
    with running.connect() as connection:
        assert connection.execute("select current_user").fetchone() == ("wholesaler",)


def test_a_taken_port_is_named(new_checkout: Callable[..., Checkout]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = new_checkout().run("bin/postgres up", ok=False, WHOLESALER_PORT=port)
    assert f"port {port} is in use" in said


def test_a_port_in_use_that_answers_nobody_is_passed_over(
    new_checkout: Callable[..., Checkout],
) -> None:
    checkout = new_checkout()
    with socket.socket() as outgoing:
        outgoing.bind(("127.0.0.1", 0))
        port = outgoing.getsockname()[1]
        (checkout.path / ".local").mkdir()
        (checkout.path / ".local/port").write_text(f"{port}\n")
        checkout.run("bin/postgres up")
    assert int((checkout.path / ".local/port").read_text()) > port
    checkout.run("bin/postgres down")


@as_root
def test_a_normal_user_runs_a_server_of_their_own(new_checkout: Callable[..., Checkout]) -> None:
    checkout = new_checkout(user="nobody")
    checkout.run("bin/postgres up && bin/init-db")
    assert checkout.server_user == "nobody"
    with checkout.connect() as connection:
        assert connection.execute("select current_user").fetchone() == ("wholesaler",)
    checkout.run("bin/postgres down")


@as_root
def test_in_a_folder_only_root_may_enter_the_data_goes_elsewhere(
    new_checkout: Callable[..., Checkout],
) -> None:
    checkout = new_checkout()
    checkout.path.chmod(0o700)
    checkout.run("bin/postgres up && bin/init-db")
    try:
        assert "data in /var/lib/wholesaler/" in checkout.run("bin/postgres status")
        assert not (checkout.path / ".local/postgres").exists()
        with checkout.connect() as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    finally:
        checkout.run("FORCE=1 bin/clean")
    assert not (checkout.path / ".local").exists()


def test_as_root_the_server_is_not_root(running: Checkout) -> None:
    assert running.server_user == (
        pwd.getpwuid(os.geteuid()).pw_name if os.geteuid() else "postgres"
    )
