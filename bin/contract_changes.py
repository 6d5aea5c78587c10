"""Contracts as a small extract of dbt's manifest, and what differs between two of them.

dbt compares contracted tables itself (`state:modified.contract`): columns, base types, constraints.
Here is what it does not look at: materialized views, type parameters, personal data, functions.
"""

import re
from collections.abc import Iterator
from typing import Any

Contract = dict[str, Any]

# Top-level parts of a manifest that dbt wants to see, and that say nothing of contracts.
EMPTY_PARTS = [
    *("sources", "macros", "docs", "exposures", "metrics", "selectors", "disabled", "groups"),
    *("parent_map", "child_map", "group_map", "saved_queries", "semantic_models", "unit_tests"),
]


def contract_of(manifest: dict[str, Any], schema: str) -> Contract:
    """The models and functions of one schema, without SQL, descriptions, times and machine names.

    dbt accepts it for `--state`. The same project gives the same text on every machine.
    """
    return {
        "metadata": {
            name: manifest["metadata"][name]
            for name in ("dbt_schema_version", "adapter_type", "project_name")
        },
        "nodes": {
            unique_id: model_contract(node)
            for unique_id, node in manifest["nodes"].items()
            if node["resource_type"] == "model" and node["schema"] == schema
        },
        "functions": {
            unique_id: function_contract(node)
            for unique_id, node in manifest["functions"].items()
            if node["schema"] == schema
        },
        **{part: {} for part in EMPTY_PARTS},
    }


def identity(node: dict[str, Any]) -> dict[str, Any]:
    names = ("name", "resource_type", "package_name", "path", "original_file_path", "unique_id")
    return {
        **{name: node[name] for name in (*names, "fqn", "alias", "schema")},
        "database": "",
        "checksum": {"name": "none", "checksum": ""},
    }


def model_contract(node: dict[str, Any]) -> dict[str, Any]:
    return {
        **identity(node),
        "version": node["version"],
        "latest_version": node["latest_version"],
        "config": {
            name: node["config"][name] for name in ("materialized", "contract", "on_schema_change")
        },
        "contract": node["contract"],
        "constraints": [filled(**constraint) for constraint in node["constraints"]],
        "columns": {
            name: filled(
                name=column["name"],
                data_type=column["data_type"],
                constraints=[filled(**constraint) for constraint in column["constraints"]],
                config=filled(meta=column["config"]["meta"]),
            )
            for name, column in node["columns"].items()
        },
    }


def function_contract(node: dict[str, Any]) -> dict[str, Any]:
    return {
        **identity(node),
        "config": {"meta": node["config"]["meta"]},
        "arguments": [
            {name: argument.get(name) for name in ("name", "data_type", "default_value")}
            for argument in node["arguments"]
        ],
        "returns": {"data_type": node["returns"]["data_type"]},
    }


def filled(**parts: Any) -> dict[str, Any]:
    """What is set and not dbt's default."""
    return {name: value for name, value in parts.items() if value not in (None, [], {}, True)}


def additions(before: Contract, after: Contract) -> list[str]:
    """New tables, columns and functions: what readers may use and need not."""
    new = []
    for kind in ("nodes", "functions"):
        for unique_id in sorted(set(after[kind]) - set(before[kind])):
            new.append(after[kind][unique_id]["name"])
    for old, node in pairs(before, after, "nodes"):
        new += [f"{node['name']}.{name}" for name in node["columns"] if name not in old["columns"]]
    for old, node in pairs(before, after, "functions"):
        new += [f"{node['name']}({name})" for name in arguments(node) if name not in arguments(old)]
        new += [f"{node['name']}().{name}" for name in returned(node) if name not in returned(old)]
    return new


def breaking_changes(before: Contract, after: Contract) -> list[str]:
    """Changes that break readers and that dbt's own comparison passes over."""
    found = []
    for unique_id, old in before["nodes"].items():
        if unique_id not in after["nodes"] and not old["contract"]["enforced"]:
            found.append(f"{old['name']}: deleted or renamed")
    for old, node in pairs(before, after, "nodes"):
        found += [f"{node['name']}.{change}" for change in column_changes(old, node)]
    for unique_id, old in before["functions"].items():
        if unique_id not in after["functions"]:
            found.append(f"{old['name']}(): deleted or renamed")
    for old, node in pairs(before, after, "functions"):
        found += [f"{node['name']}(): {change}" for change in function_changes(old, node)]
    return found


def pairs(
    before: Contract, after: Contract, kind: str
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for unique_id in before[kind]:
        if unique_id in after[kind]:
            yield before[kind][unique_id], after[kind][unique_id]


def column_changes(old: dict[str, Any], node: dict[str, Any]) -> Iterator[str]:
    for name, was in old["columns"].items():
        column = node["columns"].get(name)
        if column is None:
            if not old["contract"]["enforced"]:
                yield f"{name}: removed or renamed"
        elif base_type(column) == base_type(was) and column.get("data_type") != was.get(
            "data_type"
        ):
            yield f"{name}: {was['data_type']} became {column['data_type']}"
        elif is_personal(column) and not is_personal(was):
            yield f"{name}: became personal data, readers lose it"


def base_type(column: dict[str, Any]) -> str:
    return column.get("data_type", "").partition("(")[0].strip().lower()


def is_personal(column: dict[str, Any]) -> bool:
    return column.get("config", {}).get("meta", {}).get("pii", False)


def function_changes(old: dict[str, Any], node: dict[str, Any]) -> Iterator[str]:
    were, are = arguments(old), arguments(node)
    if list(are)[: len(were)] != list(were):
        yield f"arguments ({', '.join(were)}) became ({', '.join(are)})"
    for name, argument in are.items():
        was = were.get(name)
        if argument["default_value"] is None and (was is None or was["default_value"] is not None):
            yield f"argument {name} must be given now"
        if was and was["data_type"] != argument["data_type"]:
            yield f"argument {name}: {was['data_type']} became {argument['data_type']}"
    columns = returned(node)
    for name, data_type in returned(old).items():
        if name not in columns:
            yield f"column {name} is no longer returned"
        elif columns[name] != data_type:
            yield f"column {name}: {data_type} became {columns[name]}"
    for role in set(old["config"]["meta"]["executed_by"]) - set(
        node["config"]["meta"]["executed_by"]
    ):
        yield f"{role} may no longer run it"


def arguments(function: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {argument["name"]: argument for argument in function["arguments"]}


def returned(function: dict[str, Any]) -> dict[str, str]:
    """Columns and types of `table (a text, b numeric)`."""
    columns = re.sub(r"^table\s*\(|\)$", "", function["returns"]["data_type"].strip())
    return dict(column.strip().split(" ", 1) for column in columns.split(","))
