"""Every model with logic and every macro of ours is exercised by a dbt unit test.

A model counts as covered when a unit test names it, a macro when a covered model uses it, directly
or through another macro. What is left is listed here with the reason; a listed name that is
covered, or gone, must be taken off.
"""

import re

import pytest

from .conftest import Warehouse
from .manifest import Manifest

COLUMNS_ONLY = "selects columns of one relation and computes nothing"

MODELS_WITHOUT_LOGIC = {
    "data_ingestion_runs": COLUMNS_ONLY,
    "int_history__lead_status": COLUMNS_ONLY,
    "int_history__property_status": COLUMNS_ONLY,
    "int_history__property_values": COLUMNS_ONLY,
    "int_history__run_date": "is the run date, and nothing else",
    "stg_operations__counties": COLUMNS_ONLY,
    "stg_operations__ingestion_runs": COLUMNS_ONLY,
    "stg_operations__rejected_records": COLUMNS_ONLY,
}

# Words that make a value or choose a row.
LOGIC = (
    "case ",
    "coalesce(",
    " over ",
    "group by",
    "distinct",
    "union",
    "join ",
    "where ",
    "round(",
)

MACROS_TESTED_OTHERWISE = {
    "postgres__create_table_as": "test_constraints.py finds all of them",
    "add_contract_constraints": "test_constraints.py finds all of them",
    "ensure_foreign_keys": "test_full_refresh.py rebuilds a parent and finds the keys again",
    "generate_schema_name": "runs for every node; test_constraints.py finds tables by schema",
    "get_incremental_sync_sql": "test_repeated_runs.py, test_full_refresh.py",
    "should_full_refresh": "test_constraints.py, test_full_refresh.py",
    "materialization_function_postgres": "test_questions.py, test_additive_change.py",
    "materialization_view_in_place_postgres": "test_readers.py reads views meanwhile",
    "postgres__get_columns_in_relation": "runs in every unit test; test_additive_change.py",
    "postgres__refresh_materialized_view": "test_readers.py reads dashboards meanwhile",
    "postgres__safe_cast": "runs in every unit test, on its fixtures",
    "postgres__snapshot_merge_sql": "test_history.py, over a week of changes",
    "postgres__snapshot_staging_table": "test_history.py, over a week of changes",
    "postgres__snapshot_get_time": "test_repeated_runs.py, test_full_refresh.py",
    "test_holds_for_every_row": "is a test",
    "test_unique_combination": "is a test",
    "written_since": "unit tests of what incremental models look at again: only those call it",
}


@pytest.fixture(scope="module")
def manifest(warehouse: Warehouse) -> Manifest:
    return Manifest.of(warehouse)


def test_every_model_with_logic_has_a_unit_test(manifest: Manifest) -> None:
    tested = {test["model"] for test in manifest.named("unit_tests")}
    untested = {model["name"] for model in manifest.models()} - tested
    assert untested == set(MODELS_WITHOUT_LOGIC)


def test_models_without_a_unit_test_have_no_logic(manifest: Manifest) -> None:
    models = [model for model in manifest.models() if model["name"] in MODELS_WITHOUT_LOGIC]
    with_logic = {
        model["name"]: [word for word in LOGIC if word in re.sub("--.*", "", model["raw_code"])]
        for model in models
    }
    assert {name: words for name, words in with_logic.items() if words} == {}
    assert all(model["raw_code"].count("ref(") <= 1 for model in models)


def test_every_macro_is_used_by_a_model_with_a_unit_test(manifest: Manifest) -> None:
    tested = {test["model"] for test in manifest.named("unit_tests")}
    ours = {macro["unique_id"]: macro for macro in manifest.macros()}
    to_visit = {
        macro
        for model in manifest.models()
        if model["name"] in tested
        for macro in model["depends_on"]["macros"]
    }
    covered: set[str] = set()
    while to_visit:
        macro = to_visit.pop()
        if macro in ours and macro not in covered:
            covered.add(macro)
            to_visit.update(ours[macro]["depends_on"]["macros"])
    assert {ours[macro]["name"] for macro in set(ours) - covered} == set(MACROS_TESTED_OTHERWISE)
