"""The selectors that DAGs name cover every node exactly once, and run in an order that works."""

import json
from collections import Counter

import pytest

from .conftest import Warehouse

IN_ORDER = ("transformation", "scoring", "quality")
Nodes = dict[str, list[str]]


def listed(warehouse: Warehouse, *arguments: str) -> Nodes:
    """Nodes but sources and exposures, each with the nodes it reads."""
    keys = ("--output-keys", "unique_id", "depends_on")
    printed = warehouse.run("dbt", "--quiet", "ls", "--output", "json", *keys, *arguments)
    nodes = [json.loads(line) for line in printed.splitlines() if line[0] == "{"]
    return {
        node["unique_id"]: node.get("depends_on", {}).get("nodes", [])
        for node in nodes
        if not node["unique_id"].startswith(("source.", "exposure."))
    }


@pytest.fixture(scope="module")
def selected(warehouse: Warehouse) -> dict[str, Nodes]:
    return {name: listed(warehouse, "--selector", name) for name in IN_ORDER}


def test_every_node_belongs_to_one_selector(
    warehouse: Warehouse, selected: dict[str, Nodes]
) -> None:
    times = Counter(name for nodes in selected.values() for name in nodes)
    everything = set(listed(warehouse))
    assert len(everything) > 50
    assert {name for name, count in times.items() if count > 1} == set()
    assert set(times) == everything


def test_no_node_reads_what_a_later_selector_builds(selected: dict[str, Nodes]) -> None:
    turn = {name: IN_ORDER.index(selector) for selector in selected for name in selected[selector]}
    # unit tests bring their own rows, and DAGs leave them out
    too_early = {
        (name, parent)
        for nodes in selected.values()
        for name, parents in nodes.items()
        for parent in parents
        if turn.get(parent, 0) > turn[name] and not name.startswith("unit_test.")
    }
    assert sum(len(parents) for nodes in selected.values() for parents in nodes.values()) > 100
    assert too_early == set()
