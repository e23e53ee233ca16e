"""A hall full of people at their browsers: receptions, officers and a supervisor who press through HTTP, and a ledger of
what the server confirmed to them.

Each is a thread with a browser of its own. Buttons are pressed twice, pages are stale, and an answer can stay away; then
nobody knows whether the step was made, and the ledger says so too.
"""

from __future__ import annotations

import json
import random
import re
import threading
import time
import traceback
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from typing import NamedTuple
from urllib.parse import urlencode

from rules.visit_flow import Move
from tests.databases import PASSWORD

PATIENCE = 60  # seconds that a browser waits for an answer
REFUSED = re.compile(r'class="flash flash-(?:warning|danger)"')
COUNTER_STEP = re.compile(r'(?:action|href)="/desk/counter/(\d+)/([a-z-]+)"')


class Step(NamedTuple):
    visit_id: int
    move: Move
    username: str


class Answer(NamedTuple):
    status: int
    location: str
    page: str


class Unanswered(Exception):
    """The connection ended before the answer came: whether the step was made is unknown."""


@dataclass
class Ledger:
    """`tried`: each press, a double one once. `confirmed`: those of them whose answer said that it is done."""

    tried: list[Step] = field(default_factory=list)
    confirmed: list[Step] = field(default_factory=list)
    arrivals: dict[str, int] = field(default_factory=dict)  # submission key → visit
    turned_away: set[str] = field(default_factory=set)  # submission keys
    faults: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)

    @property
    def steps(self) -> int:
        return len(self.confirmed) + len(self.arrivals)


@dataclass(frozen=True)
class Hall:
    """What all share: the server's port, the tables that they choose from, the ledger, and whether the day is over."""

    port: int
    types: Mapping[str, int]  # by letter
    counters: Sequence[int]
    ledger: Ledger
    closed: threading.Event = field(default_factory=threading.Event)


class Member(threading.Thread):
    """Somebody of the staff, logged in through the form."""

    def __init__(self, hall: Hall, username: str) -> None:
        super().__init__(name=username, daemon=True)
        self.hall, self.username, self.ledger = hall, username, hall.ledger
        self.cookies: dict[str, str] = {}
        self.token = ""
        self.dice = random.Random(username)

    def run(self) -> None:
        try:
            self.log_in()
            self.work()
        except Exception:
            self.ledger.faults.append(f"{self.username}: {traceback.format_exc()}")

    def work(self) -> None:
        raise NotImplementedError

    def log_in(self) -> None:
        self.read_token("/login/")
        answer = self.insist("POST", "/login/", {"username": self.username, "password": PASSWORD})
        assert answer.status == 302, f"{self.username} cannot log in: {answer.status}"
        self.read_token("/")

    def read_token(self, path: str) -> None:
        page = self.insist("GET", path).page
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found, page
        self.token = found[1]

    def press(self, step: Step, path: str, form: Mapping[str, str], *, twice: bool = False) -> None:
        """One press and the page that it leads to; what that page says goes into the ledger."""
        self.ledger.tried.append(step)
        other = threading.Thread(target=self._quietly, args=(path, dict(form)))
        if twice:
            other.start()
        try:
            answer = self.send("POST", path, form)
        except Unanswered:
            return
        finally:
            if twice:
                other.join()
        if answer.status == 302 and not REFUSED.search(self.insist("GET", answer.location).page):
            self.ledger.confirmed.append(step)

    def insist(self, method: str, path: str, form: Mapping[str, str] | None = None) -> Answer:
        """Tries until there is an answer: for what may be sent again."""
        while True:
            try:
                return self.send(method, path, form)
            except Unanswered:
                if self.hall.closed.is_set():
                    raise
                time.sleep(0.2)

    def send(
        self, method: str, path: str, form: Mapping[str, str] | None = None, *, keep: bool = True
    ) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode({**form, "csrf_token": self.token})
        connection = HTTPConnection("127.0.0.1", self.hall.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            page = response.read().decode()
        except (OSError, HTTPException) as error:
            self.ledger.unanswered.append(f"{self.username}: {method} {path}: {error!r}")
            raise Unanswered from error
        finally:
            connection.close()
        if keep:
            for line in response.headers.get_all("Set-Cookie") or ():
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        if response.status >= 500 or response.status in (400, 403):
            self.ledger.faults.append(f"{self.username}: {method} {path}: {response.status}\n{page[-600:]}")
        return Answer(response.status, response.headers.get("Location", ""), page)

    def _quietly(self, path: str, form: Mapping[str, str]) -> None:
        """The second of a double press; the browser shows the answer of the other."""
        try:
            self.send("POST", path, form, keep=False)
        except Unanswered:
            return


class Receptionist(Member):
    """Checks her visitors in, old and new ones, and does something about those that all receptions brought."""

    def __init__(self, hall: Hall, username: str, numbers: Sequence[str]) -> None:
        super().__init__(hall, username)
        self.numbers = numbers
        self.known: list[str] = []  # persons of hers, who may come again

    def work(self) -> None:
        for number in self.numbers:
            self.arrive(self._visitor(number))
            if self.dice.random() < 0.7:
                self._guide()

    def arrive(self, form: dict[str, str]) -> None:
        """With one key, whatever happens on the way: it must make one visit."""
        key = str(uuid.uuid4())
        form |= {"submission_key": key}
        double = threading.Thread(target=self._quietly, args=("/desk/reception/check-in", form))
        if self.dice.random() < 0.3:
            double.start()
        answer = self.insist("POST", "/desk/reception/check-in", form)
        if double.ident:
            double.join()
        found = re.search(r"visit=(\d+)", answer.location)
        if answer.status == 302 and found:
            self.ledger.arrivals[key] = int(found[1])
        elif answer.status == 422:
            self.ledger.turned_away.add(key)
        else:
            self.ledger.faults.append(f"{self.username}: check-in: {answer.status}")

    def _visitor(self, number: str) -> dict[str, str]:
        luck = self.dice.random()
        if luck < 0.1:
            return {
                "business_type_id": str(self.hall.types["D"]),
                "visitor": f"雇主{number}",
                "form": "employer",
            }
        kind = {"business_type_id": str(self.hall.types[self.dice.choice("AAABBC")])}
        if luck < 0.25 and self.known:
            return {"person_id": self.dice.choice(self.known), **kind}
        new = {"national_id": number, "name": "孫悟空", "birthday": "75/03/01", "phone": ""}
        answer = self.insist("POST", "/desk/reception/register", new)
        found = re.search(r"person=(\d+)", answer.location)
        assert found, f"{self.username}: register: {answer.status}\n{answer.page[-600:]}"
        self.known.append(found[1])
        if luck > 0.95:
            kind |= {"disability": "confirmed", "disability_evidence": "handbook"}
        return {"person_id": found[1], **kind}

    def _guide(self) -> None:
        recent = list(self.ledger.arrivals.values())[-12:]
        if not recent:
            return
        visit_id, luck = self.dice.choice(recent), self.dice.random()
        address = f"/desk/reception/visits/{visit_id}"
        if luck < 0.45:
            self.press(Step(visit_id, Move.SEND, self.username), f"{address}/send", {})
        elif luck < 0.7:
            form = {"counter_id": str(self.dice.choice(self.hall.counters)), "reason": "民眾行動不便"}
            self.press(Step(visit_id, Move.OVERRIDE, self.username), f"{address}/override", form)
        elif luck < 0.92:
            self.press(Step(visit_id, Move.REDIRECT, self.username), f"{address}/redirect", {})
        else:
            form = {"reason": "民眾另有要事"}
            self.press(Step(visit_id, Move.LEAVE, self.username), f"{address}/leave", form, twice=True)


class Officer(Member):
    """Looks at his page and presses one of its buttons, mostly the one that it is about."""

    def work(self) -> None:
        """Until the hall is closed and nothing is left to press: the last step may have been an undo."""
        seen: int | None = None
        while not (self.hall.closed.is_set() and seen):
            # As the page asks, before it looks again.
            serial = json.loads(self.insist("GET", "/desk/pulse").page)["serial"]
            if serial == seen:
                time.sleep(0.3)
                continue
            page = self.insist("GET", "/desk/counter/").page
            offered: dict[str, int] = {}
            for visit_id, step in COUNTER_STEP.findall(page):
                offered.setdefault(step, int(visit_id))
            seen = None if self._act(offered) else serial

    def _act(self, offered: Mapping[str, int]) -> bool:
        """Whether there was anything to press."""
        luck = self.dice.random()
        if "acknowledge" in offered and luck < 0.5:
            self._do(offered, "acknowledge", Move.ACKNOWLEDGE, twice=True)
        elif "undo" in offered and luck > 0.95:
            self._do(offered, "undo", Move.UNDO, twice=luck > 0.97)
        elif "end" in offered:
            self._do(offered, "end", Move.END, twice=luck < 0.3, state="serving", outcome="consulted")
        elif "start" in offered:
            self._receive(offered, luck)
        elif "call" in offered:
            self._next(offered, luck)
        else:
            return False
        return True

    def _receive(self, offered: Mapping[str, int], luck: float) -> None:
        """Somebody has been called."""
        if luck < 0.08:
            self._do(offered, "no-show", Move.NO_SHOW, twice=luck < 0.04)
        elif luck < 0.14:
            self._refuse(offered, "called")
        elif luck < 0.17:
            self._do(offered, "absent", Move.LEAVE, reason="叫號多次未到")
        else:
            self._do(offered, "start", Move.START, twice=luck < 0.5, state="called")

    def _next(self, offered: Mapping[str, int], luck: float) -> None:
        """Somebody waits."""
        if luck < 0.06:
            self._refuse(offered, "waiting")
        elif luck < 0.16 and "pick" in offered:
            self._do(offered, "pick", Move.CALL, twice=True, state="waiting")
        else:
            self._do(offered, "call", Move.CALL, twice=luck < 0.5, state="waiting")

    def _refuse(self, offered: Mapping[str, int], state: str) -> None:
        form = {"state": state, "ground": "recusal", "explanation": "與民眾為三親等內親屬"}
        self._do(offered, "refuse", Move.REFUSE, twice=self.dice.random() < 0.5, **form)

    def _do(
        self, offered: Mapping[str, int], step: str, move: Move, *, twice: bool = False, **form: str
    ) -> None:
        step_of = Step(offered[step], move, self.username)
        self.press(step_of, f"/desk/counter/{offered[step]}/{step}", form, twice=twice)


class Supervisor(Member):
    """Sends whom no counter could take to one of her choice."""

    def work(self) -> None:
        address = "/desk/supervision/undispatched"
        while not self.hall.closed.is_set():
            page = self.insist("GET", address).page
            for found in set(re.findall(rf'action="{address}/(\d+)"', page)):
                form = {"counter_id": str(self.dice.choice(self.hall.counters)), "reason": "由督導指定"}
                self.press(Step(int(found), Move.OVERRIDE, self.username), f"{address}/{found}", form)
            time.sleep(0.3)
