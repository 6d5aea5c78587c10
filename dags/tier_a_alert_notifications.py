"""After each scoring: tell of leads that became tier A, once per channel, and report the day."""

from airflow.sdk import dag, task
from common import DAG_DEFAULTS, RUN_DATE, SCORES

from operations import tasks


@dag(
    schedule=[SCORES],
    tags=["wholesaler", "alerts"],
    doc_md="""
    Slack and e-mail are off unless ALERT_ENABLE_SLACK and ALERT_ENABLE_EMAIL are set. The ledger
    `ops.lead_announcements` remembers who was told of what: run this as often as you like. A
    channel that is down is tried again, here and by the next run; the other one is not held up.
    `write_report` shows the report of the day also when no channel is on.
    """,
    **RUN_DATE,
    **DAG_DEFAULTS,
)
def tier_a_alert_notifications():
    per_channel = {"map_index_template": "{{ channel }}"}
    channels = task(tasks.list_channels)()
    task(tasks.write_report)()
    task(tasks.announce, **per_channel).expand(channel=channels)
    task(tasks.send_report, **per_channel).expand(channel=channels)


tier_a_alert_notifications()
