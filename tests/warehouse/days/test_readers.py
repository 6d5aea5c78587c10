"""People read all the time: no load and no build disturbs them."""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import psycopg

from .conftest import LivingWarehouse

READERS = 3
QUESTIONS = (
    "marts.leads_matching(max_rows => 20)",
    "marts.properties_near(28.54, -81.38, 1)",
    "marts.upcoming_sales(60, '2026-03-02')",
)


@dataclass
class Reading:
    """What the readers met."""

    reads: Counter[str] = field(default_factory=Counter)
    empty: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    slowest_seconds: float = 0.0


def queries(warehouse: LivingWarehouse) -> dict[str, str]:
    """A select of every column readers may read, per table or view that has rows."""
    columns = warehouse.rows(
        """
        select
            c.relname as name,
            string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
        from pg_class as c
        inner join pg_attribute as a on c.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
        where
            c.relnamespace = 'marts'::regnamespace and c.relkind in ('r', 'v', 'm')
            and has_column_privilege('wholesaler_reader', c.oid, a.attnum, 'select')
        group by c.relname
        """
    )
    selects = {row["name"]: f"select {row['columns']} from marts.{row['name']}" for row in columns}
    selects |= {question: f"select * from {question}" for question in QUESTIONS}
    return {
        name: select
        for name, select in selects.items()
        if warehouse.value(f"select exists ({select})")
    }


def read_until(
    stop: threading.Event, warehouse: LivingWarehouse, selects: dict[str, str]
) -> Reading:
    reading = Reading()
    names = list(selects)
    with warehouse.connect("wholesaler_reader") as connection:
        while not stop.is_set():
            name = random.choice(names)
            started = time.monotonic()
            try:
                rows = connection.execute(f"select count(*) as rows from ({selects[name]}) as t")
                if (rows.fetchone() or {})["rows"] == 0:
                    reading.empty.add(name)
            except psycopg.Error as error:
                reading.errors.append(f"{name}: {error}")
            reading.reads[name] += 1
            reading.slowest_seconds = max(reading.slowest_seconds, time.monotonic() - started)
            time.sleep(0.02)
    return reading


def test_readers_meet_no_error_and_no_empty_table(living_warehouse: LivingWarehouse) -> None:
    selects = queries(living_warehouse)
    assert len(selects) > 15
    stop = threading.Event()
    readings: list[Reading] = []
    threads = [
        threading.Thread(
            target=lambda: readings.append(read_until(stop, living_warehouse, selects))
        )
        for _ in range(READERS)
    ]
    leads_before = living_warehouse.rows("select * from marts.leads")
    for thread in threads:
        thread.start()
    try:
        living_warehouse.next_day()
        living_warehouse.load()
        living_warehouse.build_models()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert living_warehouse.rows("select * from marts.leads") != leads_before
    assert [error for reading in readings for error in reading.errors] == []
    assert set().union(*(reading.empty for reading in readings)) == set()
    reads = sum((reading.reads for reading in readings), Counter())
    assert set(reads) == set(selects)
    assert len(readings) == READERS
    assert max(reading.slowest_seconds for reading in readings) < 10
