"""Slack and e-mail through Airflow's providers; where to is in Airflow connections."""

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol

from loaders.settings import Settings
from operations.messages import Message

TIMEOUT_SECONDS = 30


class Channel(Protocol):
    """A way to reach people."""

    name: str
    leads_per_message: int

    def send(self, message: Message) -> None:
        """Send it, or raise: a message that was not accepted counts as not sent."""


@dataclass(frozen=True)
class Slack:
    """An incoming webhook."""

    conn_id: str
    name: str = "slack"
    leads_per_message: int = 20  # Slack cuts a text off at 40,000 characters; people stop earlier

    def send(self, message: Message) -> None:
        # imported here, as below: only a channel that is on needs its provider
        from airflow.providers.slack.hooks.slack_webhook import SlackWebhookHook

        text = message.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        hook = SlackWebhookHook(slack_webhook_conn_id=self.conn_id, timeout=TIMEOUT_SECONDS)
        hook.send(text=f"*{message.subject}*\n{text}", unfurl_links=False)


@dataclass(frozen=True)
class Email:
    """An SMTP server; the sender is the connection's `from_email`."""

    conn_id: str
    to: tuple[str, ...]
    name: str = "email"
    leads_per_message: int = 500

    def send(self, message: Message) -> None:
        from airflow.providers.smtp.hooks.smtp import SmtpHook

        mail = EmailMessage()
        mail["Subject"] = message.subject
        mail["To"] = ", ".join(self.to)
        mail.set_content(message.text)
        mail.add_alternative(message.html, subtype="html")
        with SmtpHook(smtp_conn_id=self.conn_id) as hook:
            if not hook.from_email:
                raise ValueError(
                    f"The Airflow connection {self.conn_id} names no sender: set `from_email` in "
                    "its extra field."
                )
            mail["From"] = hook.from_email
            # The hook's own send_email_smtp sends HTML only, without a text alternative.
            hook._smtp_client.send_message(mail)


def enabled_channels(settings: Settings) -> list[Channel]:
    """The channels that are switched on.

    Raises:
        ValueError: e-mail is on but nobody is to receive it.
    """
    channels: list[Channel] = []
    if settings.alert_enable_slack:
        channels.append(Slack(settings.alert_slack_conn_id))
    if settings.alert_enable_email:
        to = tuple(filter(None, map(str.strip, settings.alert_email_to.split(","))))
        if not to:
            raise ValueError("ALERT_ENABLE_EMAIL is on: set ALERT_EMAIL_TO to who receives it.")
        channels.append(Email(settings.alert_smtp_conn_id, to))
    return channels
