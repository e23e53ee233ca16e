"""A real SMTP server's mailbox."""

from __future__ import annotations

import email
import socket
import time
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.smtp import SMTP


class Mailbox:
    """aiosmtpd's handler: keeps what arrives, and knows nobody whose name begins with `nobody`."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address.startswith("nobody"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        self.messages.append(cast(EmailMessage, email.message_from_bytes(envelope.content, policy=default)))
        return "250 taken"

    def wait_for(self, address: str, subject_part: str, seconds: float = 20) -> EmailMessage:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for message in self.messages:
                if message["To"] == address and subject_part in str(message["Subject"]):
                    return message
            time.sleep(0.1)
        arrived = [(message["To"], message["Subject"]) for message in self.messages]
        raise AssertionError(f"no mail with {subject_part!r} reached {address}; arrived: {arrived}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
