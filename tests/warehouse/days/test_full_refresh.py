"""What incremental runs of several days left is what one run from nothing gives."""

from ..catalog import expected_constraints, found_constraints, relations, row_checksums
from .conftest import LivingWarehouse

# When a row was written, not what it says.
TIMES_OF_WRITING = ("created_at", "updated_at", "scored_at", "scored_as_of")


def test_a_rebuild_from_nothing_gives_identical_tables(living_warehouse: LivingWarehouse) -> None:
    while living_warehouse.day < 2:
        living_warehouse.next_day()
        living_warehouse.load()
        living_warehouse.build_models()
    assert living_warehouse.value("select count(*) from marts.properties where not is_active") > 0
    assert living_warehouse.value("select count(distinct change_date) from marts.lead_changes") > 1
    incremental = row_checksums(living_warehouse, *TIMES_OF_WRITING)
    before = relations(living_warehouse)
    filenode = "select pg_relation_filenode('marts.lead_scores')"
    filenode_before = living_warehouse.value(filenode)

    living_warehouse.build_models("--full-refresh", "--vars", "rebuild: true")

    assert living_warehouse.value(filenode) != filenode_before
    assert row_checksums(living_warehouse, *TIMES_OF_WRITING) == incremental
    assert len(incremental) >= 15
    assert found_constraints(living_warehouse) == expected_constraints()
    assert relations(living_warehouse) == before
