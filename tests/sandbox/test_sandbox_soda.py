"""SODA as the city's portal speaks it."""

import pytest


def test_default_page_is_1000_rows_without_system_fields(county):
    rows = county.soda().json()
    assert len(rows) == 1000
    assert not any(name.startswith(":") for name in rows[0])


def test_count_equals_the_rows_that_paging_brings(county, cases):
    assert int(county.soda(select="count(*)").json()[0]["count"]) == len(cases)
    found = []
    for offset in range(0, len(cases) + 700, 700):
        found += county.soda(select=":*,*", order=":id", limit=700, offset=offset).json()
    assert [row[":id"] for row in found] == [row[":id"] for row in cases]


def test_pages_without_an_order_overlap(county):
    first = {row["apno"] for row in county.soda(limit=500, offset=500).json()}
    second = {row["apno"] for row in county.soda(limit=500, offset=1000).json()}
    assert first & second


def test_values_are_text_and_nulls_are_left_out(cases):
    assert all(isinstance(value, str) for row in cases for value in row.values())
    open_case = next(row for row in cases if row["caseinfostatus"] == "Open")
    assert "resdt" not in open_case


def test_updates_since(county, cases):
    moments = sorted(row[":updated_at"] for row in cases)
    since = moments[-40]
    where = f":updated_at >= '{since}'"
    rows = county.soda(select=":*,*", where=where, order=":updated_at,:id", limit=5000).json()
    assert [row[":updated_at"] for row in rows] == [m for m in moments if m >= since]
    assert county.soda(select="count(*)", where=where).json() == [{"count": str(len(rows))}]
    newest = county.soda(select="max(:updated_at) as newest").json()
    assert newest == [{"newest": moments[-1]}]
    assert moments[-1][:10] <= county.about()["as_of"]


def test_rows_after_an_id(county, cases):
    where = f":id > '{cases[-3][':id']}'"
    assert county.soda(select=":*,*", where=where, order=":id").json() == cases[-2:]


def test_a_plus_for_a_blank_in_where_is_refused(county):
    url = f"{county.url}{county.CASES}?$where=:updated_at+%3E=+'2020-01-01'"
    answer = county.http.get(url, timeout=30)
    assert answer.status_code == 403
    assert answer.text.startswith("<html>")


@pytest.mark.parametrize(
    "asked",
    [{"where": "nonsense ="}, {"order": "no_such"}, {"limit": "many"}, {"colour": "red"}],
)
def test_bad_questions_are_http_400_with_a_reason(county, asked):
    answer = county.soda(**asked)
    assert answer.status_code == 400
    assert answer.json()["message"]
