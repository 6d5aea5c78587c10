"""init-db: applied once, again when changed, by several at a time, and to a server of one's own."""

from collections.abc import Callable

import psycopg
import pytest

from tests.infra.conftest import Checkout


def test_second_run_applies_nothing(running: Checkout) -> None:
    with running.connect() as connection:
        before = connection.execute("table ops.schema_versions order by version").fetchall()
    assert "database wholesaler is up to date" in running.run("bin/init-db")
    with running.connect() as connection:
        assert connection.execute("table ops.schema_versions order by version").fetchall() == before
    assert [version for version, *_ in before] == list(range(1, len(before) + 1))


def test_a_changed_file_is_applied_again_and_alone(running: Checkout) -> None:
    file = running.path / "init-db/04_raw.sql"
    unchanged = file.read_text()
    try:
        file.write_text(unchanged + "comment on table raw.tax_sales is 'changed';\n")
        assert running.run("bin/init-db").strip() == "init-db: database wholesaler, applied 04_raw"
        with running.connect("wholesaler_loader") as connection:
            assert connection.execute(
                "select obj_description('raw.tax_sales'::regclass)"
            ).fetchone() == ("changed",)
    finally:
        file.write_text(unchanged)
        running.run("bin/init-db")


def test_a_broken_file_is_named_and_leaves_nothing_behind(running: Checkout) -> None:
    file = running.path / "init-db/99_broken.sql"
    file.write_text("create table ops.half_done (); select 1 / 0;\n")
    try:
        said = running.run("bin/init-db", ok=False)
        assert "99_broken.sql" in said
        assert "division by zero" in said
        with running.connect() as connection:
            assert connection.execute("select to_regclass('ops.half_done')").fetchone() == (None,)
    finally:
        file.unlink()


def test_several_databases_and_runs_at_once(new_checkout: Callable[..., Checkout]) -> None:
    checkout = new_checkout()
    checkout.run("bin/postgres up")
    checkout.run(
        "for name in one one two two; do PGDATABASE=$name bin/init-db & jobs+=($!); done;"
        'for job in "${jobs[@]}"; do wait "$job" || exit 1; done'
    )
    for name in ("one", "two"):
        with checkout.connect(PGDATABASE=name) as connection:
            count = connection.execute("select count(*) from ops.schema_versions").fetchone()
            assert count == (len([*checkout.path.glob("init-db/0[1-9]_*.sql")]),)
    checkout.run("bin/database drop one")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        checkout.connect(PGDATABASE="one")
    checkout.run("bin/postgres down")


@pytest.fixture
def external(running: Checkout) -> dict[str, str]:
    """Settings of somebody who brings a server: an administrator and a login to be made."""
    running.administer("create role dba superuser login password 'dba'")
    running.administer("create role clerk login password 'clerk'")
    yield {"PGHOST": "127.0.0.1", "PGPORT": running.environment()["PGPORT"], "PGDATABASE": "theirs"}
    running.run("bin/database drop theirs")
    for role in ("dba", "clerk", "etl"):
        running.administer(f"drop role if exists {role}")


def test_on_a_server_of_ones_own(
    new_checkout: Callable[..., Checkout], external: dict[str, str]
) -> None:
    checkout = new_checkout()
    login = external | {"PGUSER": "etl", "PGPASSWORD": "it's & secret"}
    said = checkout.run(
        "bin/postgres up && bin/init-db", **login, PGADMINUSER="dba", PGADMINPASSWORD="dba"
    )
    assert "using yours" in said
    assert not (checkout.path / ".local/postgres").exists()
    assert "up to date" in checkout.run("bin/init-db", **login)
    assert checkout.environment(**login) == login
    url = checkout.run("bin/env --url", **login).strip()
    with psycopg.connect(url, options="-c role=wholesaler_transformer") as connection:
        assert connection.execute("select count(*) from raw.tax_sales").fetchone() == (0,)


def test_missing_rights_are_explained(
    new_checkout: Callable[..., Checkout], external: dict[str, str]
) -> None:
    said = new_checkout().run(
        "bin/init-db", ok=False, **external, PGUSER="clerk", PGPASSWORD="clerk"
    )
    assert "clerk may not create roles" in said
    assert "PGADMINUSER" in said


def test_no_connection_is_explained(new_checkout: Callable[..., Checkout]) -> None:
    said = new_checkout().run("bin/init-db", ok=False, PGHOST="127.0.0.1", PGPORT="1")
    assert "no connection" in said
    assert "PGPORT" in said
