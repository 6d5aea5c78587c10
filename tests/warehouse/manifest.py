"""dbt's manifest of the warehouse that the tests built."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .conftest import Warehouse

PROJECT = "wholesaler"


@dataclass
class Manifest:
    """Access to manifest.json by what the tests ask for; macros of dbt itself left out."""

    content: dict[str, Any]

    @classmethod
    def of(cls, warehouse: Warehouse) -> "Manifest":
        target = Path(warehouse.environment["DBT_TARGET_PATH"])
        return cls(json.loads((target / "manifest.json").read_text()))

    def nodes(self, *resource_types: str) -> list[dict[str, Any]]:
        return [
            node
            for node in self.content["nodes"].values()
            if node["resource_type"] in resource_types
        ]

    def models(self, *schemas: str) -> list[dict[str, Any]]:
        return [m for m in self.nodes("model") if not schemas or m["schema"] in schemas]

    def macros(self) -> list[dict[str, Any]]:
        return [m for m in self.content["macros"].values() if m["package_name"] == PROJECT]

    def named(self, kind: str) -> list[dict[str, Any]]:
        """Everything of a top-level kind: sources, exposures, unit_tests, functions."""
        return list(self.content[kind].values())
