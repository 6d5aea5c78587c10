"""Airflow callbacks: people are told of a task that failed for good, or a run that ended badly."""

import logging
from typing import Any

from loaders.settings import load_settings
from operations.channels import enabled_channels
from operations.messages import Message, render

log = logging.getLogger(__name__)

ERROR_LENGTH = 1_500
TOLD_BY_TASKS = "task_failure"


def tell_of_task(context: dict[str, Any]) -> None:
    """on_failure_callback of a task: which, where, why, and the way to its log."""
    instance, error = context["ti"], context.get("exception")
    _tell(
        render(
            "failure",
            f"Failed: {instance.dag_id}, {instance.task_id}",
            what=f"Task {instance.task_id} of {instance.dag_id} failed for good "
            f"(try {instance.try_number}).",
            error=str(error or "no message")[:ERROR_LENGTH],
            run_id=instance.run_id,
            url=getattr(instance, "log_url", ""),
        )
    )


def tell_of_run(context: dict[str, Any]) -> None:
    """on_failure_callback of a DAG: for ends no task tells of, such as a time limit."""
    if context.get("reason") == TOLD_BY_TASKS:
        return
    dag_id = context["dag"].dag_id
    _tell(
        render(
            "failure",
            f"Failed: {dag_id}",
            what=f"A run of {dag_id} did not end well.",
            error=str(context.get("reason")),
            run_id=context["run_id"],
            url="",
        )
    )


def _tell(message: Message) -> None:
    # A callback that raises would hide the failure it should tell of.
    try:
        channels = enabled_channels(load_settings())
    except Exception:
        log.exception("No channel to tell of: %s", message.subject)
        return
    for channel in channels:
        try:
            channel.send(message)
        except Exception:
            log.exception("%s did not take: %s", channel.name, message.subject)
