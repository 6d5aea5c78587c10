"""The selectors that DAGs name cover every node of the project exactly once."""

import json
from collections import Counter

from .conftest import Warehouse


def test_every_node_belongs_to_one_selector(warehouse: Warehouse) -> None:
    def listed(*arguments: str) -> list[str]:
        printed = warehouse.run(
            "dbt", "--quiet", "ls", "--output", "json", "--output-keys", "unique_id", *arguments
        )
        names = [json.loads(line)["unique_id"] for line in printed.splitlines() if line[0] == "{"]
        return [name for name in names if not name.startswith(("source.", "exposure."))]

    selected = Counter(
        name
        for selector in ("transformation", "scoring", "quality")
        for name in listed("--selector", selector)
    )
    everything = set(listed())
    assert len(everything) > 50
    assert {name for name, times in selected.items() if times > 1} == set()
    assert set(selected) == everything
