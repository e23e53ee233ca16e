"""The base of every custom list: criteria always in sight, sorting, pages, and the same rows as a file.

A subclass names its `listing` (columns and joins), its `criteria` and its scope, and that is all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from flask import Response, redirect, request, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from models.trail import Act
from reports.columns import Cell, Column, file_rows
from reports.criteria import Criterion, Search, search
from reports.pages import SIZES, Listing, Page, fetch, keys, persons, rows
from reports.referral_lists import show_status, state_of
from rules import national_id
from rules.permissions import Permission
from views.access import Screen, database, now, refusal, today
from views.generated.export import export_response
from views.sealed import seal, unseal
from views.trail import shown

BATCH = 1000
MOST_PAGES = 1_000_000
BESIDE_THE_SEARCH = frozenset({"page", "size", "kind"})


class ListScreen(Screen):
    """`needed` opens both the list and, if `exportable`, its files. Rows link to `row_url`, from the column `link_column`.

    `numbered` puts 序號 before the columns, on screen and in the file: the row's place in the found list. `ground` is why
    the actor may see whom the list shows: for the trail, of lists whose `listing` names a person.
    """

    listing: Listing
    criteria: Sequence[Criterion] = ()
    default_view = "index"
    needed: Permission
    ground = ""
    title: Any
    empty_text: Any
    exportable = True
    numbered = False
    link_column = ""
    template = "lists/list.html"
    default_sort = ""

    def scope(self) -> Sequence[ColumnElement[bool]]:
        """The conditions that hold whatever is searched for: what this actor's list consists of."""
        raise NotImplementedError

    def row_url(self, row: Any) -> str | None:
        """Where the row's link column leads."""
        return None

    def row_class(self, row: Any) -> str:
        return ""

    def chip(self, column: Column, row: Any) -> str:
        """The state whose chip the cell is shown as; empty for plain text."""
        return state_of(getattr(row, column.key)) if column.show is show_status else ""

    def context(self) -> Any:
        """Handed to the columns' `show`."""
        return today()

    def batch_context(self, batch: Sequence[Any]) -> Any:
        """The same for rows that need more than their columns: loaded once for a page or a batch of a file."""
        return self.context()

    def choices(self) -> Mapping[str, Any]:
        """What the criteria of kind `choice` offer."""
        return {each.name: each.choices(database()) for each in self.criteria if each.choices}

    def values(self) -> dict[str, Any]:
        """Further values for the template."""
        return {}

    @expose("/")
    def index(self) -> Any:
        if refused := refusal(self.needed):
            return refused
        found = self.search()
        page = self.page(found)
        choices = self.choices()
        if self.listing.person is not None:
            whom = [row.person_id for row in page.rows if row.person_id is not None]
            shown(whom, act=Act.LIST, ground=self.ground, criteria=self.told(found, choices))
        return self.render(
            self.template,
            screen=self,
            title=self.title,
            page=page,
            search=found,
            choices=choices,
            cells=self.cells(page.rows),
            sort=self._sort(),
            sizes=SIZES,
            linked=self.link_column or self.listing.columns[0].key,
            **self.values(),
        )

    @expose("/search", methods=["POST"])
    def find(self) -> Any:
        """What was typed becomes the list's address, secrets sealed: a link to send or to come back to, for our own use."""
        if refused := refusal(self.needed):
            return refused
        secret = {each.name for each in self.criteria if each.secret}
        typed = {each.name: request.form.get(each.name, "").strip() for each in self.criteria}
        query: dict[str, Any] = {
            name: seal(text) if name in secret else text for name, text in typed.items() if text
        }
        return redirect(url_for(f"{self.endpoint}.index", **query))

    @expose("/export.<string:kind>")
    def export(self, kind: str) -> Any:
        """Exactly the found rows in the list's order."""
        if refused := refusal(self.needed):
            return refused
        return self._file(kind)

    def _file(self, kind: str) -> Response:
        found = self.search()
        recorded: Collection[int] | None = None
        if self.listing.person is not None:
            recorded = frozenset(persons(database(), self.listing, self._where(found)))
            shown(recorded, act=Act.EXPORT, ground=self.ground, criteria=self.told(found, self.choices()))
        number = [(_("序號"), 6)] if self.numbered else []
        head = number + [(_(column.heading), column.width) for column in self.listing.columns]
        return export_response(
            str(self.title),
            [heading for heading, _width in head],
            self._file_rows(found, recorded),
            kind=kind,
            at=now(),
            widths=[width for _heading, width in head],
            heading=self.described(found),
        )

    def _file_rows(self, found: Search, recorded: Collection[int] | None = None) -> Iterator[list[Cell]]:
        """Without rows about persons who are not `recorded`: those that came while the entry was written."""
        written = 0
        for found_now in self._batches(found):
            batch = [
                row
                for row in found_now
                if recorded is None or row.person_id is None or row.person_id in recorded
            ]
            if not batch:
                continue
            context = self.batch_context(batch)
            for cells in file_rows(self.listing.columns, map(self.listing.values, batch), context):
                written += 1
                yield [written, *cells] if self.numbered else cells

    def _batches(self, found: Search) -> Iterator[Sequence[Any]]:
        """The keys come from a cursor that stays open, their rows batch by batch: flat memory at any length."""
        sort, descending = self._sort()
        ordered = keys(self.listing, self._where(found), sort=sort, descending=descending)
        result = database().scalars(ordered.execution_options(yield_per=BATCH))
        for batch in result.partitions(BATCH):
            yield rows(database(), self.listing, batch)

    def described(self, found: Search) -> str:
        """The file's first line: the title and what was searched for, an ID masked."""
        choices = self.choices()
        told = [
            f"{_(each.label)}:{_told(each, found, choices)}"
            for each in self.criteria
            if each.name in found.typed
        ]
        return "　".join((str(self.title), *told))

    def told(self, found: Search, choices: Mapping[str, Any]) -> dict[str, str]:
        """What was searched for, in words, an ID masked; for the trail."""
        known = {each.name: each for each in self.criteria}
        words = {name: _told(known[name], found, choices) for name in found.typed}
        return words | {name: request.args[name] for name in ("page", "sort") if name in request.args}

    def search(self) -> Search:
        secret = {each.name for each in self.criteria if each.secret}
        return search(
            self.criteria,
            {name: unseal(text) if name in secret else text for name, text in request.args.items()},
        )

    @property
    def has_secret(self) -> bool:
        return any(each.secret for each in self.criteria)

    def page(self, found: Search) -> Page:
        sort, descending = self._sort()
        return fetch(
            database(),
            self.listing,
            self._where(found),
            number=_number("page", 1, MOST_PAGES),
            size=_size(),
            sort=sort,
            descending=descending,
        )

    def cells(self, batch: Sequence[Any]) -> list[list[Cell]]:
        """What stands in the cells of these rows, as in the file."""
        context = self.batch_context(batch) if batch else None
        return list(file_rows(self.listing.columns, map(self.listing.values, batch), context))

    def url(self, **changed: Any) -> str:
        """This list with the criteria of now and some of them changed; None takes one away."""
        query = {
            key: value for key, value in {**own_arguments(), **changed}.items() if value not in (None, "")
        }
        return url_for(f"{self.endpoint}.index", **query)

    def export_url(self, kind: str) -> str:
        query = {key: value for key, value in own_arguments().items() if key not in BESIDE_THE_SEARCH}
        return url_for(f"{self.endpoint}.export", kind=kind, **query)

    def _where(self, found: Search) -> Sequence[ColumnElement[bool]]:
        if found.faults:
            return (self.listing.key.is_(None),)
        return (*self.scope(), *found.conditions)

    def _sort(self) -> tuple[str, bool]:
        known = {column.key for column in self.listing.columns if column.sort}
        wanted = request.args.get("sort", self.default_sort)
        key, descending = wanted.removeprefix("-"), wanted.startswith("-")
        return (key, descending) if key in known else ("", False)


def _told(criterion: Criterion, found: Search, choices: Mapping[str, Any]) -> str:
    typed = found.typed[criterion.name]
    if criterion.kind == "choice":
        return _(dict(choices.get(criterion.name, ())).get(typed, typed))
    return national_id.mask(typed) if criterion.name == "national_id" else typed


def own_arguments() -> dict[str, Any]:
    """The address's arguments without those that `url_for` would take for itself (`_external`, `_anchor` …)."""
    return {key: value for key, value in request.args.items() if not key.startswith("_")}


def _size() -> int:
    wanted = request.args.get("size", "")
    return int(wanted) if wanted in {str(size) for size in SIZES} else SIZES[0]


def _number(name: str, default: int, most: int) -> int:
    text = request.args.get(name, "")
    return min(max(int(text), 1), most) if text.isascii() and text.isdigit() and len(text) < 9 else default
