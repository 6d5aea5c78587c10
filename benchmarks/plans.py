"""Plans of the slowest models, out of the server's log (auto_explain writes them there)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MODELS_SHOWN = 3

# `2026-03-02 07:00:00.123 UTC [4711] LOG:  duration: 1234.5 ms  plan:`, then lines after a tab
ENTRY = re.compile(
    r"^(?P<time>\S+ \S+) \S+ \[\d+\] LOG:  duration: (?P<ms>[\d.]+) ms  plan:$", re.MULTILINE
)
# above the plan stands the whole statement, which the models tell better
PLAN_STARTS = re.compile(r"^.*\(cost=", re.MULTILINE)
# dbt writes it into a comment before each statement
NODE = re.compile(r'"node_id": "(?P<node>[^"]+)"')


@dataclass
class Plan:
    """One executed statement: when, how long in milliseconds, for which node, and its plan."""

    time: str
    milliseconds: float
    node: str
    text: str


def read_plans(log: str) -> Iterable[Plan]:
    """Plans of statements that dbt ran, in the order of the log."""
    for entry in ENTRY.finditer(log):
        body = []
        for line in log[entry.end() + 1 :].split("\n"):
            if not line.startswith("\t"):
                break
            body.append(line[1:])
        text = "\n".join(body)
        node, start = NODE.search(text), PLAN_STARTS.search(text)
        if node and start:
            yield Plan(entry["time"], float(entry["ms"]), node["node"], text[start.start() :])


def slowest_plans(log: str, since: str, slowest: list[dict[str, Any]]) -> list[Plan]:
    """The longest plan of each of the three slowest models.

    Args:
        log: The server's log, or several one after the other.
        since: Time in UTC as the log writes it; older entries belong to other runs.
        slowest: Nodes of a build, slowest first.
    """
    models = [entry["node"] for entry in slowest if entry["node"].startswith("model.")]
    plans = [plan for plan in read_plans(log) if plan.time >= since]
    longest = (
        max(
            (plan for plan in plans if plan.node == model),
            key=lambda plan: plan.milliseconds,
            default=None,
        )
        for model in models
    )
    return [plan for plan in longest if plan][:MODELS_SHOWN]


def as_text(plans: list[Plan]) -> str:
    """For reading: node and seconds above each plan."""
    rule = "-" * 100
    return "\n".join(
        f"{rule}\n{plan.node}: {plan.milliseconds / 1000:.1f} s\n{rule}\n{plan.text}\n"
        for plan in plans
    )
