"""`python -m operations.dbt_lists`: what dbt selects for each DAG, written for Cosmos to read.

Cosmos can read the manifest and apply a selector of selectors.yml itself, but it ignores
indirect_selection: models would wait for tests that belong to another selector.
"""

import io
import json
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

from loaders import PROJECT_DIR

LISTS = PROJECT_DIR / "target" / "airflow"
SELECTORS = ("transformation", "scoring")
PROFILE, TARGET = "wholesaler", "warehouse"
KEYS = (
    "unique_id name alias resource_type original_file_path depends_on tags config fqn description"
)
# Cosmos has no tasks for these: CI runs unit tests, and the one dbt build makes the functions.
UNRENDERED = ("unit_test", "function")


def list_path(selector: str) -> Path:
    """Where the list of a selector is kept."""
    return LISTS / f"{selector}.jsonl"


def descriptions(selector: str) -> dict[str, str]:
    """What the project says of each node of a selector, by unique id."""
    nodes = map(json.loads, list_path(selector).read_text().splitlines())
    return {node["unique_id"]: node["description"] for node in nodes if "description" in node}


def write_lists() -> None:
    """Ask dbt; the files change only when all selectors were read.

    Raises:
        RuntimeError: dbt could not read the project; the cause tells why.
    """
    # imported here: DAG files import list_path from this module, and dbt takes seconds
    from dbt.cli.main import dbtRunner

    dbt = dbtRunner()
    found = {selector: _list(dbt.invoke, selector) for selector in SELECTORS}
    LISTS.mkdir(parents=True, exist_ok=True)
    for selector, lines in found.items():
        unfinished = list_path(selector).with_suffix(".new")
        unfinished.write_text("\n".join(lines) + "\n")
        unfinished.replace(list_path(selector))


def _list(invoke: Callable, selector: str) -> list[str]:
    folders = ["--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)]
    # named as Cosmos names them: dbt parses everything anew for other arguments
    profile = ["--profile", PROFILE, "--target", TARGET]
    output = ["--output", "json", "--output-keys", KEYS]
    for resource_type in UNRENDERED:
        output += ["--exclude-resource-type", resource_type]
    with redirect_stdout(io.StringIO()):  # dbt prints what it returns
        outcome = invoke(["--quiet", "ls", "--selector", selector, *output, *profile, *folders])
    if not outcome.success or not outcome.result:
        raise RuntimeError(f"dbt ls --selector {selector} failed") from outcome.exception
    return outcome.result


if __name__ == "__main__":
    write_lists()
    print(f"dbt lists: {', '.join(SELECTORS)} in {LISTS.relative_to(PROJECT_DIR)}", file=sys.stderr)
