"""Who is told what, and how often: real messages through the providers' hooks."""

from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest

from operations.announcements import REASONS_SHOWN
from operations.failures import tell_of_run
from tests.dags.conftest import Airflow, DagRun
from tests.dags.inboxes import RECIPIENTS, Inboxes
from tests.warehouse.conftest import Warehouse

LEDGER = "select channel, count(*)::int as leads from ops.lead_announcements group by channel"


@pytest.fixture
def tier_a(scoring: DagRun, marts: Warehouse) -> list[dict[str, Any]]:
    """The tier A leads, best first; nobody was told of anything."""
    assert scoring.state == "success"
    with marts.connect() as connection:
        connection.execute("delete from ops.lead_announcements")
        connection.execute("delete from ops.daily_reports")
    leads = marts.rows(
        """
        select * from marts.leads where tier = 'A'
        order by total_score desc, county_fips, parcel_id_normalized
        """
    )
    assert len(leads) > 1
    return leads


def notify(airflow: Airflow, inboxes: Inboxes) -> DagRun:
    return airflow.run("tier_a_alert_notifications", **inboxes.settings)


def told(marts: Warehouse) -> dict[str, int]:
    return {row["channel"]: row["leads"] for row in marts.rows(LEDGER)}


def enters_tier_a_again(marts: Warehouse, lead: dict[str, Any]) -> None:
    """As the history would say it: down to B, up to A, later than all there is."""
    with marts.connect() as connection:
        for minutes, change, before, after in (
            (1, "tier_down", "A", "B"),
            (2, "tier_up", "B", "A"),
        ):
            connection.execute(
                """
                insert into marts.lead_changes (
                    county_fips, parcel_id_normalized, change_date, changed_at, change_type,
                    before_value, after_value, created_at, updated_at
                )
                select
                    %s, %s, current_date, max(changed_at) + make_interval(mins => %s), %s,
                    %s, %s, now(), now()
                from marts.lead_changes
                """,
                [lead["county_fips"], lead["parcel_id_normalized"], minutes, change, before, after],
            )


def test_a_message_says_what_one_needs(
    airflow: Airflow, inboxes: Inboxes, tier_a: list[dict[str, Any]]
) -> None:
    assert notify(airflow, inboxes).state == "success"
    report, slack = sorted(inboxes.slack.texts, key=lambda text: "new tier A" in text)
    mailed_report, mail = sorted(inboxes.mail.messages, key=lambda m: "new tier A" in m["Subject"])
    text = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    assert f"{len(tier_a)} new tier A leads" in slack and "Leads on" in report
    assert "Leads on" in mailed_report["Subject"]
    assert mail["From"] == "leads@example.org" and mail["To"] == RECIPIENTS
    for lead in tier_a:
        page = f"https://ocpaweb.ocpafl.org/parcelsearch/Parcel%20ID/{lead['parcel_id_normalized']}"
        dates = filter(None, (lead["sale_date"], lead["auction_date"]))
        for said in (
            lead["situs_address"],
            f"{lead['total_score']:g}",
            *lead["reasons"][:REASONS_SHOWN],
            *(f"{date:%a %d %b %Y}" for date in dates),
            page,
        ):
            for body in (unescape(slack), text, unescape(html)):
                assert said in body
    assert "tier A since" in slack and "tier A since" in text and "tier <b>A</b> since" in html
    assert "secret" not in slack + text + html


def test_each_lead_is_announced_once_over_three_runs(
    airflow: Airflow, inboxes: Inboxes, tier_a: list[dict[str, Any]], marts: Warehouse
) -> None:
    assert notify(airflow, inboxes).state == "success"
    assert told(marts) == {"slack": len(tier_a), "email": len(tier_a)}
    inboxes.empty()

    assert notify(airflow, inboxes).state == "success"
    assert inboxes.slack.texts == [] and inboxes.mail.messages == []

    back, *others = tier_a
    enters_tier_a_again(marts, back)
    assert notify(airflow, inboxes).state == "success"
    (text,) = inboxes.slack.texts
    assert back["situs_address"] in text and "1 new tier A lead" in text
    assert not any(lead["situs_address"] in text for lead in others)
    assert len(inboxes.mail.messages) == 1


def test_a_channel_that_is_down_does_not_stop_the_other_and_is_told_later(
    airflow: Airflow, inboxes: Inboxes, tier_a: list[dict[str, Any]], marts: Warehouse
) -> None:
    inboxes.slack.is_down = True
    run = notify(airflow, inboxes)
    assert run.state == "failed"
    assert run.tasks["announce[0]"] == "failed" and run.tasks["announce[1]"] == "success"
    assert told(marts) == {"email": len(tier_a)}
    # two tasks in four tries each, and two callbacks that tell of them
    assert inboxes.slack.refused == 10
    subjects = [mail["Subject"] for mail in inboxes.mail.messages]
    assert sum(f"{len(tier_a)} new tier A leads" in subject for subject in subjects) == 1
    assert "Failed: tier_a_alert_notifications, announce" in subjects

    inboxes.slack.is_down = False
    inboxes.empty()
    assert notify(airflow, inboxes).state == "success"
    assert told(marts) == {"slack": len(tier_a), "email": len(tier_a)}
    assert len(inboxes.slack.texts) == 2 and inboxes.mail.messages == []


def test_nobody_is_told_unless_asked_for(airflow: Airflow, tier_a: list[dict[str, Any]]) -> None:
    run = airflow.run("tier_a_alert_notifications")
    assert run.state == "success"
    assert run.in_state("skipped") == {"announce", "send_report"}
    assert "Leads per tier" in run.results["write_report"]


def test_a_run_that_ends_badly_without_a_failed_task_is_told(
    inboxes: Inboxes, marts: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (marts.environment | inboxes.settings).items():
        monkeypatch.setenv(name, value)
    run = {"dag": SimpleNamespace(dag_id="daily_lead_scoring"), "run_id": "r"}
    tell_of_run(run | {"reason": "task_failure"})  # its tasks have told already
    assert inboxes.slack.texts == []
    tell_of_run(run | {"reason": "timed_out"})
    (text,) = inboxes.slack.texts
    assert "daily_lead_scoring" in text and "timed_out" in text
    assert inboxes.mail.messages[0]["Subject"] == "Failed: daily_lead_scoring"
