"""Messages for people, each as plain text and as HTML, from the templates beside this file."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape


@dataclass(frozen=True)
class Message:
    """What a channel sends. `html` is a whole document."""

    subject: str
    text: str
    html: str


def _day(value: date | None) -> str:
    return f"{value:%a %d %b %Y}" if value else ""


def _dollars(value: Decimal | None) -> str:
    return f"${value:,.0f}" if value is not None else "unknown"


_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html.j2"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters |= {"day": _day, "dollars": _dollars}


def render(template: str, subject: str, **values: Any) -> Message:
    """The message of `templates/<template>.txt.j2` and `.html.j2`; HTML values are escaped."""

    def part(kind: str) -> str:
        return _templates.get_template(f"{template}.{kind}.j2").render(subject=subject, **values)

    return Message(subject, part("txt"), part("html"))
