"""compose.yaml without an engine: shape, references, settings, commands as Airflow reads them."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from loaders.settings import Settings
from tests.warehouse.conftest import ROOT

FILE = ROOT / "compose.yaml"
# What the services do without: tests, documents, tools of developers.
OUTSIDE_THE_IMAGE = {
    ".ci",
    ".dockerignore",
    ".env.example",
    ".gitignore",
    ".pre-commit-config.yaml",
    ".sqlfluff",
    "Dockerfile",
    "Makefile",
    "README.md",
    "benchmarks",
    "compose.yaml",
    "docs",
    "releases",
    "sandbox",
    "tests",
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text())


def names(part: Any) -> list[str]:
    return list(part or [])


def settings_of(service: dict[str, Any]) -> dict[str, str]:
    """Environment of a service: its env_file, then its own, `${NAME...}` made visible."""
    lines = (ROOT / service["env_file"]).read_text().splitlines() if "env_file" in service else []
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return dict(pairs) | service.get("environment", {})


def airflow_services(compose: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, service in compose["services"].items():
        if service["image"].startswith("wholesaler-airflow"):
            yield name, service


def test_it_has_the_shape_of_a_compose_file() -> None:
    checker = Path(sys.executable).with_name("check-jsonschema")
    command = [checker, "--builtin-schema", "vendor.compose-spec", FILE]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_everything_referred_to_exists(compose: dict[str, Any]) -> None:
    services, bad = compose["services"], []
    for name, service in services.items():
        bad += [f"{name} needs {d}" for d in names(service.get("depends_on")) if d not in services]
        bad += [f"{name} on {n}" for n in service["networks"] if n not in compose["networks"]]
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source not in compose["volumes"]:
                bad.append(f"{name} mounts {source}")
        if "env_file" in service and not (ROOT / service["env_file"]).exists():
            bad.append(f"{name} reads {service['env_file']}")
    assert not bad


def test_all_but_the_one_shot_have_health_checks(compose: dict[str, Any]) -> None:
    without = {name for name, part in compose["services"].items() if "healthcheck" not in part}
    assert without == {"init"}
    for service in compose["services"].values():
        for needed, terms in (service.get("depends_on") or {}).items():
            expected = "completed_successfully" if needed == "init" else "healthy"
            assert terms["condition"] == f"service_{expected}"


def test_files_that_services_run_exist(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        words = [*service.get("command", []), *service.get("healthcheck", {}).get("test", [])]
        for word in words:
            if word.startswith("config/"):
                assert (ROOT / word).exists(), word


def test_the_image_holds_everything_else() -> None:
    copies = re.findall(r"^COPY (?!--)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    copied = {name for names in copies for name in names.split()}
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    tracked = {line.split("/")[0] for line in listed.stdout.splitlines()}
    assert tracked - copied == OUTSIDE_THE_IMAGE


def test_only_who_needs_the_logins_has_them_and_for_writing(compose: dict[str, Any]) -> None:
    # Airflow opens the file for writing even to check a password
    having = {
        name: volume
        for name, service in compose["services"].items()
        for volume in service.get("volumes", [])
        if volume.startswith("airflow-secrets:")
    }
    assert set(having) == {"init", "api-server"}
    assert not any(volume.endswith(":ro") for volume in having.values())


def test_ports_are_for_this_machine_only(compose: dict[str, Any]) -> None:
    ports = [port for part in compose["services"].values() for port in part.get("ports", [])]
    assert ports and all(port.startswith("127.0.0.1:") for port in ports)


def test_images_are_pinned(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert re.fullmatch(r"[a-z/-]+:[0-9][\w.-]+", service["image"])


def test_no_secret_has_a_default(compose: dict[str, Any]) -> None:
    secret = re.compile(r"PASSWORD|SECRET|FERNET|_CONN$|BROKER|BACKEND|REDISCLI")
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if secret.search(name) and not name.endswith("_FILE"):
                assert re.search(r"\$\{\w+:\?", value), name


def test_compose_secrets_makes_every_secret(compose: dict[str, Any], tmp_path: Path) -> None:
    wanted = set(re.findall(r"\$\{(\w+):\?", FILE.read_text()))
    (tmp_path / "bin").mkdir()
    for script in ("compose-secrets", "lib.sh"):
        (tmp_path / "bin" / script).write_text((ROOT / "bin" / script).read_text())
    dotenv = tmp_path / ".env"
    dotenv.write_text("REDIS_PASSWORD=mine")
    for _ in range(2):
        subprocess.run(["bash", "bin/compose-secrets"], cwd=tmp_path, check=True)
    made = dict(line.split("=", 1) for line in dotenv.read_text().splitlines())
    assert set(made) == wanted and made["REDIS_PASSWORD"] == "mine"
    assert len(set(made.values())) == len(made) and dotenv.stat().st_mode & 0o777 == 0o600
    from cryptography.fernet import Fernet

    Fernet(made["AIRFLOW_FERNET_KEY"])


def test_tasks_get_every_setting(compose: dict[str, Any]) -> None:
    settings = {name.upper() for name in Settings.model_fields} | {"DBT_THREADS"}
    for name, service in airflow_services(compose):
        assert settings <= set(settings_of(service)), name


def test_empty_settings_are_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields.keys() - {"pghost", "pguser"}:
        monkeypatch.setenv(name.upper(), "")
    assert Settings(_env_file=None, pghost="h", pguser="u").alert_enable_slack is False


def test_airflow_knows_every_setting(compose: dict[str, Any], dag_bag: Any) -> None:
    import cosmos.settings
    from airflow.configuration import conf
    from airflow.providers.celery.get_provider_info import get_provider_info

    known = conf.configuration_description | get_provider_info()["config"]
    for _, service in airflow_services(compose):
        for name in settings_of(service):
            if not name.startswith("AIRFLOW__"):
                continue
            _, section, option = name.lower().split("__")
            if section == "cosmos":
                assert hasattr(cosmos.settings, option), name
            else:
                assert option in known[section]["options"], name


def test_airflow_parses_every_command(compose: dict[str, Any], dag_bag: Any) -> None:
    from airflow.cli.cli_parser import get_parser

    environment = os.environ | {"AIRFLOW__CORE__EXECUTOR": "CeleryExecutor"}
    parsed = set()
    for name, service in airflow_services(compose):
        program, *arguments = service["command"]
        if name == "worker":  # only an executor brings its commands; it is chosen at the start
            command = [Path(sys.executable).with_name(program), *arguments, "--help"]
            result = subprocess.run(command, env=environment, capture_output=True, check=False)
            assert result.returncode == 0, result.stderr
        elif program == "airflow":
            assert callable(get_parser().parse_args(arguments).func)
        parsed.add(name)
    assert parsed == {"init", "api-server", "scheduler", "dag-processor", "triggerer", "worker"}
