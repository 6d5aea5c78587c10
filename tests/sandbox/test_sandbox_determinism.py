"""The same arguments give the same bytes, in any process and in any order of asking."""

import pytest

ARGUMENTS = ("--parcels", "5000")


def whole(client):
    """Every byte of every source."""
    answers = {}
    for source in client.LAYERS:
        pages = range(0, client.counts()[source], 1000)
        answers[source] = [
            client.query(source, orderByFields=client.id_field(source), resultOffset=offset).content
            for offset in pages
        ]
    answers["code_violations"] = [client.soda(select=":*,*", order=":id", limit=50000).content]
    return answers


def test_two_processes_answer_with_the_same_bytes(county, serve):
    with serve(*ARGUMENTS, hash_seed="1") as other:
        last = other.query("property_records", orderByFields="OBJECTID", resultOffset=4000).content
        theirs = whole(other)
    ours = whole(county)
    assert theirs == ours
    assert theirs["property_records"][4] == last


def test_a_server_moved_to_a_day_equals_one_started_on_it(serve):
    with serve(*ARGUMENTS) as moved, serve(*ARGUMENTS, "--day", "9") as started:
        moved.to_day(3)
        moved.to_day(9)
        assert whole(moved) == whole(started)


@pytest.mark.parametrize("change", [("--seed", "7"), ("--as-of", "2026-03-09")])
def test_other_arguments_make_another_county(county, serve, change):
    with serve(*ARGUMENTS, *change) as other:
        assert other.query("property_records").content != county.query("property_records").content
