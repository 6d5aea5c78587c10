"""Everything in the dbt project says what it is, and says it of what the database really holds."""

import re
from collections.abc import Iterator

import pytest

from .conftest import Warehouse
from .manifest import Manifest


@pytest.fixture(scope="module")
def manifest(warehouse: Warehouse) -> Manifest:
    return Manifest.of(warehouse)


def described(text: str) -> bool:
    """Words, not a placeholder."""
    return len(text.split()) >= 2 or text.strip().endswith(".")


def test_models_seeds_snapshots_and_their_columns_are_described(manifest: Manifest) -> None:
    nodes = manifest.nodes("model", "seed", "snapshot")
    assert {node["resource_type"] for node in nodes} == {"model", "seed", "snapshot"}
    undescribed = [node["name"] for node in nodes if not described(node["description"])]
    undescribed += [
        f"{node['name']}.{column['name']}"
        for node in nodes
        for column in node["columns"].values()
        if not described(column["description"])
    ]
    assert undescribed == []


def test_sources_macros_functions_and_exposures_are_described(manifest: Manifest) -> None:
    undescribed: list[str] = []
    for source in manifest.named("sources"):
        undescribed += undescribed_of(source["name"], source, source["columns"].values())
        assert described(source["source_description"])
    for macro in manifest.macros():
        undescribed += undescribed_of(macro["name"], macro, macro["arguments"])
    for function in manifest.named("functions"):
        parts = [*function["arguments"], {"name": "returns", **function["returns"]}]
        undescribed += undescribed_of(function["name"], function, parts)
    for exposure in manifest.named("exposures"):
        undescribed += undescribed_of(exposure["name"], exposure, [])
    assert len(manifest.macros()) > 20
    assert manifest.named("functions")
    assert manifest.named("exposures")
    assert undescribed == []


def undescribed_of(name: str, whole: dict, parts: Iterator[dict] | list[dict]) -> list[str]:
    missing = [] if described(whole["description"] or "") else [name]
    return missing + [
        f"{name}.{part['name']}" for part in parts if not described(part["description"] or "")
    ]


def test_described_columns_are_the_columns_of_the_database(
    warehouse: Warehouse, manifest: Manifest
) -> None:
    rows = warehouse.rows(
        """
        select n.nspname || '.' || c.relname as name, array_agg(a.attname::text) as columns
        from pg_class as c
        inner join pg_namespace as n on c.relnamespace = n.oid
        inner join pg_attribute as a on c.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
        where c.relkind in ('r', 'v', 'm')
        group by n.nspname, c.relname
        """
    )
    database = {row["name"]: set(row["columns"]) for row in rows}
    # a snapshot has the columns of its model, described there, and dbt's own
    nodes = manifest.nodes("model", "seed") + manifest.named("sources")
    differing = {}
    for node in nodes:
        name = f"{node['schema']}.{node.get('alias') or node['identifier']}"
        difference = set(node["columns"]) ^ database[name]
        if difference:
            differing[name] = difference
    assert len(nodes) > 40
    assert differing == {}


def test_comments_in_the_database_are_the_descriptions(
    warehouse: Warehouse, manifest: Manifest
) -> None:
    for model in manifest.models("marts"):
        comment = warehouse.value("select obj_description(%s::regclass)", f"marts.{model['alias']}")
        assert (comment or "").strip() == model["description"].strip(), model["name"]


def test_every_singular_test_says_what_holds_and_what_to_do(manifest: Manifest) -> None:
    tests = [test for test in manifest.nodes("test") if "test_metadata" not in test]
    assert len(tests) >= 6
    for test in tests:
        meta = test["config"]["meta"]
        assert described(meta.get("description", "")), test["name"]
        assert described(meta.get("next_steps", "")), test["name"]
        assert re.fullmatch(r"assert_[a-z0-9_]+", test["name"]), test["name"]


def test_every_other_test_is_named_for_what_holds(manifest: Manifest) -> None:
    """`<model>__<what_holds>`: dbt's own names of generic tests list arguments instead."""
    unit_tests = manifest.named("unit_tests")
    data_tests = [test for test in manifest.nodes("test") if test.get("test_metadata")]
    names = {test["name"]: test["model"] for test in unit_tests}
    for test in data_tests:
        names[test["name"]] = test["attached_node"].split(".")[2]
    misnamed = [
        name
        for name, model in names.items()
        if not re.fullmatch(rf"{model}__[a-z0-9_]{{5,}}", name)
    ]
    assert len(names) > 30
    assert misnamed == []


def test_every_reader_named_in_an_exposure_reads_marts(manifest: Manifest) -> None:
    models = {model["unique_id"]: model for model in manifest.models("marts", "quality")}
    for exposure in manifest.named("exposures"):
        assert exposure["owner"]["email"] or exposure["owner"]["name"], exposure["name"]
        assert exposure["depends_on"]["nodes"], exposure["name"]
        assert set(exposure["depends_on"]["nodes"]) <= set(models), exposure["name"]
