"""A mail server that does what the address asks for, and logs what it accepted.

The local part of an address says how it is received: `busy.amina@` is refused for now, once;
`busy.3.amina@` three times. `python -m tests.sink PORT LOG [PAUSE]` runs it as a process of its own
and writes a line of JSON for each mail it accepted, PAUSE seconds before it says so.
"""

import asyncio
import json
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

AT_RCPT = {"gone": "550 5.1.1 No such person", "busy": "451 4.7.1 Try later"}
AT_DATA = {
    "spam": "554 5.7.1 We do not like this text",
    "late": "550 No such person after all",
    "closing": "421 4.3.2 Closing down",
}
AFTER_DATA = ("drop", "hang")
FOR_EVER = frozenset({"gone", "spam", "late"})


class Sink:
    """`mails` is what was accepted: recipient, and the mail as an e-mail message."""

    def __init__(self, log: Path | None = None) -> None:
        self.mails: list[tuple[str, EmailMessage]] = []
        self.hang_seconds = 30.0
        self.pause_seconds = 0.0
        self._log = log.open("a", buffering=1) if log else None
        self._seen: Counter[str] = Counter()

    def _says(self, address: str, words: dict[str, str] | tuple[str, ...]) -> str:
        """What an address asks for at this point; "" when it has had enough of it."""
        word, *rest = address.split("@", maxsplit=1)[0].split(".")
        if word not in words:
            return ""
        times = int(rest[0]) if rest and rest[0].isdecimal() else 1
        self._seen[address] += 1
        return word if word in FOR_EVER or self._seen[address] <= times else ""

    async def handle_RCPT(self, server, session, envelope, address, options):
        word = self._says(address, AT_RCPT)
        if word:
            return AT_RCPT[word]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        [address] = envelope.rcpt_tos
        word = self._says(address, AT_DATA)
        if word:
            return AT_DATA[word]
        self._accept(address, envelope.content)
        word = self._says(address, AFTER_DATA)
        if word == "hang":
            await asyncio.sleep(self.hang_seconds)
        if word:
            server.transport.abort()
        if self.pause_seconds:
            await asyncio.sleep(self.pause_seconds)
        return "250 2.0.0 Accepted"

    def _accept(self, address: str, content: bytes) -> None:
        if self._log is None:
            self.mails.append((address, message_from_bytes(content, policy=policy.default)))
            return
        head = content.partition(b"\r\n\r\n")[0].decode("ascii", "replace")
        headers = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
        facts = {"id": headers.get("Message-ID", ""), "to": address, "at": time.time()}
        facts["subject"] = headers.get("Subject", "")
        self._log.write(json.dumps(facts) + "\n")


@contextmanager
def listening(sink: Sink, port: int) -> Iterator[Sink]:
    """The sink in a thread of this process."""
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


async def _serve(port: int, log: Path, pause: float) -> None:
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, done.set)
    sink = Sink(log)
    sink.pause_seconds = pause
    server = await loop.create_server(
        lambda: SMTP(sink, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", port
    )
    print("ready", flush=True)
    await done.wait()
    server.close()


if __name__ == "__main__":
    port, log, *pause = sys.argv[1:]
    asyncio.run(_serve(int(port), Path(log), float(pause[0]) if pause else 0.0))
