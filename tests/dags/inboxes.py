"""Where alerts arrive: a Slack webhook and an SMTP server on this machine."""

import email
import json
import socket
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller

RECIPIENTS = "one@example.org, two@example.org"


class SlackInbox:
    """An incoming webhook; `is_down` makes it answer 503."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.refused = 0
        self.is_down = False
        inbox = self

        class Webhook(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if inbox.is_down:
                    inbox.refused += 1
                else:
                    inbox.texts.append(body["text"])
                self.send_response(503 if inbox.is_down else 200)
                self.end_headers()
                self.wfile.write(b"down" if inbox.is_down else b"ok")

            def log_message(self, *_: Any) -> None:
                """Not on the terminal."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
        Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def connection(self) -> str:
        host = f"http://127.0.0.1:{self._server.server_port}/services"
        return json.dumps({"conn_type": "slackwebhook", "host": host, "password": "T0/B0/secret"})

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class MailInbox:
    """An SMTP server; `is_down` makes it refuse every message."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.is_down = False
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._port = probe.getsockname()[1]  # aiosmtpd cannot choose one itself
        self._server = Controller(self, hostname="127.0.0.1", port=self._port)
        self._server.start()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.is_down:
            return "451 down"
        self.messages.append(email.message_from_bytes(envelope.content, policy=default))
        return "250 taken"

    @property
    def connection(self) -> str:
        extra = {"disable_ssl": True, "disable_tls": True, "from_email": "leads@example.org"}
        return json.dumps(
            {
                "conn_type": "smtp",
                "host": "127.0.0.1",
                "port": self._port,
                "extra": json.dumps(extra),
            }
        )

    def stop(self) -> None:
        self._server.stop()


class Inboxes:
    """Both, and the settings that switch them on."""

    def __init__(self) -> None:
        self.slack, self.mail = SlackInbox(), MailInbox()

    @property
    def settings(self) -> dict[str, str]:
        return {
            "ALERT_ENABLE_SLACK": "true",
            "ALERT_ENABLE_EMAIL": "true",
            "ALERT_EMAIL_TO": RECIPIENTS,
            "AIRFLOW_CONN_WHOLESALER_SLACK": self.slack.connection,
            "AIRFLOW_CONN_WHOLESALER_SMTP": self.mail.connection,
        }

    def empty(self) -> None:
        self.slack.texts.clear()
        self.mail.messages.clear()

    def stop(self) -> None:
        self.slack.stop()
        self.mail.stop()
