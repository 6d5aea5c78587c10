"""What readers of the warehouse may rely on: written at each release, compared ever after."""

# ruff: noqa: S603 - the command is the project's own, never input
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from contract_changes import Contract, additions, breaking_changes, contract_of

ROOT = Path(__file__).resolve().parent.parent
READER_SCHEMA = "marts"

app = typer.Typer(add_completion=False, rich_markup_mode=None)
ProjectFolder = Annotated[
    Path, typer.Option("--project-dir", help="Folder with dbt_project.yml and releases/.")
]


class CannotCompare(Exception):
    """No comparison is possible; the message says what to do."""


@app.command()
def check(project: ProjectFolder = ROOT) -> None:
    """Compare the contracts of the reader tables and functions with the last release.

    Exit code 1 when a change would break readers: a table, column or constraint is gone or renamed,
    a type changed, a column became personal data, a function takes or returns something else.
    """
    released = last_release(project)
    breaking, new = compare(project, released)
    for change in new:
        print(f"  new       {change}")
    for change in breaking:
        print(f"  breaking  {change}")
    if breaking:
        print(
            f"\nerror: {len(breaking)} breaking change(s) since release {released.name}.\n"
            "       Keep what readers use and add the new beside it, or raise the version in\n"
            "       dbt_project.yml and run bin/release: see docs/changing_the_warehouse.md.",
            file=sys.stderr,
        )
        raise typer.Exit(1)
    print(f"contracts: nothing breaks readers of release {released.name} ({len(new)} additions)")


@app.command()
def release(project: ProjectFolder = ROOT) -> None:
    """Write the contracts of this version, as dbt_project.yml names it, to releases/<version>/.

    A breaking change needs a new major version, or a new minor one while the version begins with 0.
    """
    version = yaml.safe_load((project / "dbt_project.yml").read_text())["version"]
    folder = project / "releases" / version
    if (project / "releases").exists() and any((project / "releases").iterdir()):
        last = last_release(project)
        breaking, new = compare(project, last)
        if (breaking or new) and numbers(version) <= numbers(last.name):
            raise CannotCompare(
                f"contracts changed since release {last.name}."
                f" Raise the version in dbt_project.yml, now {version}, first."
            )
        if breaking and leading(version) == leading(last.name):
            for change in breaking:
                print(f"  breaking  {change}")
            raise CannotCompare(
                f"{version} would break readers of {last.name}. Raise the "
                + ("minor" if version.startswith("0.") else "major")
                + " version."
            )
    else:
        parse(project)
    folder.mkdir(parents=True, exist_ok=True)
    contract = contract_of(parsed_manifest(project), READER_SCHEMA)
    path = folder / "manifest.json"
    path.write_text(json.dumps(contract, indent=1, sort_keys=True) + "\n")
    print(
        f"release {version}: {len(contract['nodes'])} tables and views in {path.name}. Commit it."
    )


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def leading(version: str) -> tuple[int, ...]:
    """The part of a version that a breaking change raises."""
    parts = numbers(version)
    return parts[:2] if parts[0] == 0 else parts[:1]


def last_release(project: Path) -> Path:
    releases = [
        path for path in (project / "releases").glob("*") if (path / "manifest.json").exists()
    ]
    if not releases:
        raise CannotCompare(
            "there is no release to compare with. bin/release writes the first one."
        )
    return max(releases, key=lambda path: numbers(path.name))


def compare(project: Path, released: Path) -> tuple[list[str], list[str]]:
    """Breaking changes, of dbt's state comparison and ours, and additions since a release."""
    events = run_dbt(project, "ls", "--select", "state:modified.contract", "--state", released)
    breaking = [
        f"{event['data']['model_name']}: {' '.join(change.split())}"
        for event in events
        if event["info"]["name"] == "UnversionedBreakingChange"
        for change in event["data"]["breaking_changes"]
    ]
    before: Contract = json.loads((released / "manifest.json").read_text())
    after = contract_of(parsed_manifest(project), READER_SCHEMA)
    return breaking + breaking_changes(before, after), additions(before, after)


def parse(project: Path) -> None:
    run_dbt(project, "parse")


def parsed_manifest(project: Path) -> dict[str, Any]:
    return json.loads((target(project) / "manifest.json").read_text())


def target(project: Path) -> Path:
    return project / ".local" / "contracts"


def run_dbt(project: Path, *arguments: str | Path) -> list[dict[str, Any]]:
    """Run dbt without a database and return what it logged.

    Raises:
        CannotCompare: dbt failed, for instance on a breaking change of a versioned model.
    """
    dbt = Path(sys.executable).with_name("dbt")
    folders = ["--project-dir", project, "--profiles-dir", project]
    outputs = ["--target-path", target(project), "--log-path", target(project)]
    result = subprocess.run(
        [dbt, "--log-format", "json", "--no-use-colors", *arguments, *folders, *outputs],
        env={"PGPASSWORD": "unused"} | os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    events = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    if result.returncode:
        errors = [event["info"]["msg"] for event in events if event["info"]["level"] == "error"]
        raise CannotCompare(("\n".join(errors) or result.stderr)[:2000])
    return events


if __name__ == "__main__":
    try:
        app()
    except CannotCompare as problem:
        sys.exit(f"error: {problem}")
