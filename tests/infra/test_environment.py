"""bin/env and .env: one connection for every tool, and the user's own settings first."""

import re
from collections.abc import Callable

from loaders.settings import Settings
from tests.infra.conftest import ROOT, Checkout


def test_env_names_the_private_server(running: Checkout) -> None:
    env = running.environment()
    assert env.keys() == {"PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE"}
    assert (env["PGHOST"], env["PGUSER"], env["PGDATABASE"]) == (
        "127.0.0.1",
        "wholesaler",
        "wholesaler",
    )


def test_url_is_what_libpq_takes(running: Checkout) -> None:
    said = running.run(
        'psql -X -At "$(bin/env --url)" -c "select current_user, current_database()"'
    )
    assert said.strip() == "wholesaler|wholesaler"


def test_what_env_exported_is_still_the_private_server(running: Checkout) -> None:
    said = running.run('eval "$(bin/env)" && bin/postgres status')
    assert "data in" in said


def test_never_started(new_checkout: Callable[..., Checkout]) -> None:
    assert "make up" in new_checkout().run("bin/env", ok=False)


def test_dotenv_gives_defaults_only(new_checkout: Callable[..., Checkout]) -> None:
    checkout = new_checkout()
    (checkout.path / ".env").write_text(
        "# comment\nPGHOST=db.example.org\nPGUSER='from file' # why\nPGDATABASE=\"quoted\"\n"
        "PGPASSWORD=a$b=c\nSOCRATA_APP_TOKEN=dG9rZW4=\nnot a setting\n"
        "AS_OF=2026-01-31 # a comment\n"
    )
    env = checkout.environment(PGDATABASE="mine")
    assert env == {
        "PGHOST": "db.example.org",
        "PGPORT": "5432",
        "PGUSER": "from file",
        "PGPASSWORD": "a$b=c",
        "PGDATABASE": "mine",
    }
    assert checkout.run('bin/run bash -c "echo $AS_OF"', AS_OF="").strip() == ""
    assert checkout.run("bin/run printenv AS_OF").strip() == "2026-01-31"
    assert checkout.run("bin/run printenv SOCRATA_APP_TOKEN").strip() == "dG9rZW4="


def test_the_example_names_every_setting() -> None:
    example = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^#([A-Z_]+)=", example, re.MULTILINE))
    assert {name.upper() for name in Settings.model_fields} <= named
