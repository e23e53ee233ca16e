"""A referring agency's own system files a referral: the standard library is enough.

    JIELI_URL=https://jieli.example JIELI_API_KEY=jieli_… python referral_client.py referral.json

The Idempotency-Key is made once, kept with the referral, and sent with every try: a network that breaks, or a program
that starts anew, never files one person twice.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any

TRIES = 5


class Refused(Exception):
    """The server's answer to a request that will not succeed by repeating it."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(f"{status} {error['message']} {error['fields']}")
        self.status, self.fields = status, error["fields"]


class Jieli:
    """Speaks to `/api/v1` with a token, and fetches a new one when the old one ends."""

    def __init__(self, url: str, api_key: str) -> None:
        self.base, self.api_key, self.token = f"{url.rstrip('/')}/api/v1", api_key, ""

    def file_referral(self, referral: dict[str, Any], key: str) -> dict[str, Any]:
        return self._ask("POST", "/referrals", referral, {"Idempotency-Key": key})

    def status(self, number: int) -> dict[str, Any]:
        return self._ask("GET", f"/referrals/{number}")

    def _ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        for attempt in range(TRIES):
            self.token = self.token or self._new_token()
            sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
            try:
                return self._send(method, path, body, sent)
            except Refused as refused:
                if refused.status == 401:
                    self.token = ""
                elif refused.status not in {409, 429, 500, 502, 503}:
                    raise
            except OSError:
                pass  # the network; whether the request arrived is not known, so the same key goes again
            time.sleep(2**attempt / 10)
        raise ConnectionError(f"no answer to {method} {path} after {TRIES} tries")

    def _new_token(self) -> str:
        return str(self._send("POST", "/token", None, {"X-API-Key": self.api_key})["token"])

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        data = None if body is None else json.dumps(body).encode()
        more = {"Content-Type": "application/json"} if data else {}
        request = urllib.request.Request(self.base + path, data, {**headers, **more}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise Refused(error.code, json.load(error)["error"]) from error


def main(source: Path) -> None:
    jieli = Jieli(os.environ["JIELI_URL"], os.environ["JIELI_API_KEY"])
    kept = source.with_suffix(".key")
    if not kept.exists():
        kept.write_text(str(uuid.uuid4()))
    filed = jieli.file_referral(json.loads(source.read_text(encoding="utf-8")), kept.read_text())
    status = jieli.status(filed["number"])
    print(filed["number"], status["status"], (filed["receiving_unit"] or {}).get("name", "-"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
