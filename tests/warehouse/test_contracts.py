"""A change that breaks readers is caught before it ships, one that adds passes."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from .conftest import ROOT
from .project import copied_project, edit

MARTS = Path("dbt_project", "models", "marts")
CORE = MARTS / "core" / "_core__models.yml"
DASHBOARDS = MARTS / "dashboards" / "_dashboards__models.yml"
FUNCTIONS = Path("dbt_project", "functions", "_functions.yml")

BREAKING = {
    "tax_sales": "Columns were removed: - tda_number",
    "property_records": "Columns with data_type changes: - year_built (integer -> text)",
    "properties": "'properties_zip_code_is_five_digits' constraint",
    "lead_score_daily": "was deleted or renamed",
    "code_violations": "Enforced column level constraints were removed",
    "foreclosures.lender_name": "became personal data",
    "property_records.tax_rate": "numeric(12,4) became numeric(8,4)",
    "dashboard_tier_counts.leads": "removed or renamed",
    "upcoming_sales()": "column opening_bid is no longer returned",
    "properties_near()": "argument within_miles must be given now",
    "recent_runs()": "deleted or renamed",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copied_project(tmp_path)


@contextmanager
def edited(path: Path, kind: str) -> Iterator[dict[str, dict[str, Any]]]:
    """The models or functions of a YAML file by name, written back afterwards."""
    content = yaml.safe_load(path.read_text())
    by_name = {entry["name"]: entry for entry in content[kind]}
    yield by_name
    path.write_text(yaml.safe_dump({kind: list(by_name.values())}, sort_keys=False))


def column(model: dict[str, Any], name: str) -> dict[str, Any]:
    return next(entry for entry in model["columns"] if entry["name"] == name)


def set_version(project: Path, version: str) -> None:
    current = yaml.safe_load((project / "dbt_project.yml").read_text())["version"]
    edit(project / "dbt_project.yml", (f'version: "{current}"', f'version: "{version}"'))


def run(command: str, project: Path) -> tuple[int, str]:
    result = subprocess.run(
        [f"bin/{command}", "--project-dir", str(project)],
        cwd=ROOT,
        env=os.environ | {"DO_NOT_TRACK": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    return result.returncode, result.stdout


def break_contracts(project: Path) -> None:
    with edited(project / CORE, "models") as models:
        column(models["tax_sales"], "tda_number")["name"] = "application_number"
        column(models["property_records"], "year_built")["data_type"] = "text"
        column(models["property_records"], "tax_rate")["data_type"] = "numeric(8,4)"
        column(models["foreclosures"], "lender_name")["config"] = {"meta": {"pii": True}}
        del column(models["code_violations"], "match_method")["constraints"]
        models["properties"]["constraints"] = [
            constraint
            for constraint in models["properties"]["constraints"]
            if constraint.get("name") != "properties_zip_code_is_five_digits"
        ]
    with edited(project / DASHBOARDS, "models") as models:
        column(models["dashboard_tier_counts"], "leads")["name"] = "lead_count"
    with edited(project / FUNCTIONS, "functions") as functions:
        returns = functions["upcoming_sales"]["returns"]
        returns["data_type"] = returns["data_type"].replace(" opening_bid numeric,", "")
        within_miles = functions["properties_near"]["arguments"][2]
        del within_miles["default_value"]
        del functions["recent_runs"]
    (project / FUNCTIONS.parent / "recent_runs.sql").unlink()
    (project / MARTS / "history" / "lead_score_daily.sql").unlink()
    (project / MARTS / "history" / "_history__unit_tests.yml").unlink()
    edit(project / "dbt_project/models/_exposures.yml", ("      - ref('lead_score_daily')\n", ""))


def test_breaking_changes_are_named_and_need_a_new_version(project: Path) -> None:
    break_contracts(project)
    code, printed = run("check-contracts", project)
    assert code == 1, printed
    lines = [
        line.split("breaking", 1)[1].strip()
        for line in printed.splitlines()
        if "  breaking" in line
    ]
    named = dict(line.split(": ", 1) for line in lines)
    assert set(named) == set(BREAKING)
    for name, change in BREAKING.items():
        assert change in named[name], printed
    assert "docs/changing_the_warehouse.md" in printed

    released = {path.name for path in (project / "releases").iterdir()}
    set_version(project, "0.1.1")
    code, printed = run("release", project)
    assert (code, "Raise the minor version" in printed) == (1, True), printed
    assert {path.name for path in (project / "releases").iterdir()} == released

    set_version(project, "0.2.0")
    code, printed = run("release", project)
    assert code == 0, printed
    assert {path.name for path in (project / "releases").iterdir()} == released | {"0.2.0"}


def additions(printed: str) -> set[str]:
    return {line.split()[1] for line in printed.splitlines() if line.startswith("  new")}


def test_additions_pass_and_are_listed(project: Path) -> None:
    since_the_release = additions(run("check-contracts", project)[1])
    with edited(project / CORE, "models") as models:
        models["property_records"]["columns"].append(
            {"name": "lot_size_sqft", "description": "Lot size.", "data_type": "numeric(14,0)"}
        )
    with edited(project / FUNCTIONS, "functions") as functions:
        functions["properties_near"]["arguments"].append(
            {"name": "wanted_tier", "data_type": "text", "default_value": "null"}
        )
    (project / MARTS / "core" / "new_table.sql").write_text("select 1 as one")
    code, printed = run("check-contracts", project)
    assert code == 0, printed
    assert additions(printed) - since_the_release == {
        "new_table",
        "property_records.lot_size_sqft",
        "properties_near(wanted_tier)",
    }


def test_the_released_contracts_name_no_machine_and_no_database() -> None:
    for path in (ROOT / "releases").glob("*/manifest.json"):
        content = path.read_text()
        assert str(ROOT) not in content
        assert '"database": "w' not in content
        assert "generated_at" not in content
        assert len(content) < 100_000
