"""The postal directory in the database: import, switch of editions, faults of a file, look-ups."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.postal import PostalArea, PostalDirectory
from rules.addresses import Row
from rules.errors import RuleBroken
from services import postal
from services.postal_file import HEADER, read_rows

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HEAD = ",".join(HEADER)
OLD: list[Row] = [
    ("30054", "新竹市", "東區", "東大路２段", "雙  62之   1號以下"),
    ("30044", "新竹市", "北區", "東大路２段", "　  65巷全"),
    ("30054", "新竹市", "北區", "東大路２段", "單  67號至  79號"),
]
NEW: list[Row] = [("30099", "新竹市", "東區", "東大路２段", "全")]


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    tables = [PostalDirectory.__table__, PostalArea.__table__]
    PostalDirectory.metadata.create_all(engine, tables=tables)
    with Session(engine) as session:
        yield session
    engine.dispose()


def imported(session: Session, source: object, name: str = "2019") -> postal.Imported:
    return postal.import_directory(session, source, name=name, source_date=date(2019, 4, 15), at=NOW)


def csv_file(*lines: str, head: str = HEAD, end: str = "\r\n") -> io.BytesIO:
    return io.BytesIO(end.join((head, *lines, "")).encode())


def test_an_imported_directory_resolves_addresses(session: Session) -> None:
    assert imported(session, OLD) == postal.Imported(rows=3, districts=2, unread=(), changed=True)
    assert postal.resolve(session, "新竹市東區東大路二段60號").code == "30054"
    assert postal.resolve(session, "新竹市北區東大路二段65巷3號").code == "30044"


def test_the_edition_is_recorded(session: Session) -> None:
    imported(session, OLD)
    edition = session.scalars(select(PostalDirectory)).one()
    assert (edition.name, edition.source_date, edition.loaded_at) == ("2019", date(2019, 4, 15), NOW)
    assert (edition.row_count, edition.active) == (3, True)


def test_codes_of_the_active_directory_exist(session: Session) -> None:
    imported(session, OLD)
    assert postal.code_exists(session, "30044")
    assert postal.code_exists(session, "300")
    assert not postal.code_exists(session, "30099")


def test_without_a_directory_the_look_up_says_so(session: Session) -> None:
    with pytest.raises(RuleBroken, match="尚未匯入"):
        postal.resolve(session, "新竹市東區東大路二段60號")


def test_a_newer_edition_takes_over_and_the_older_is_kept(session: Session) -> None:
    imported(session, OLD)
    assert postal.resolve(session, "新竹市東區東大路二段60號").code == "30054"
    imported(session, NEW, name="2026")
    assert postal.resolve(session, "新竹市東區東大路二段60號").code == "30099"
    editions = session.execute(select(PostalDirectory.name, PostalDirectory.active)).all()
    assert sorted(map(tuple, editions)) == [("2019", False), ("2026", True)]


def test_a_rolled_back_import_leaves_the_former_directory_in_use(session: Session) -> None:
    imported(session, OLD)
    session.commit()
    imported(session, NEW, name="2026")
    assert postal.resolve(session, "新竹市東區東大路二段60號").code == "30099"
    session.rollback()
    assert postal.resolve(session, "新竹市東區東大路二段60號").code == "30054"


def test_going_back_to_an_older_edition_is_an_import_too(session: Session) -> None:
    for rows in (OLD, NEW, OLD):
        assert imported(session, rows).changed
    assert postal.resolve(session, "新竹市東區東大路二段60號").code == "30054"


def test_importing_the_active_rows_again_changes_nothing(session: Session) -> None:
    imported(session, OLD)
    assert not imported(session, OLD, name="again").changed
    assert session.scalar(select(func.count()).select_from(PostalDirectory)) == 1


def test_the_database_allows_one_active_directory(session: Session) -> None:
    imported(session, OLD)
    second = PostalDirectory(name="x", loaded_at=NOW, active=True, row_count=1, digest="0" * 64)
    session.add(second)
    with pytest.raises(IntegrityError):
        session.flush()


def test_ranges_that_cannot_be_read_are_reported(session: Session) -> None:
    rows = [*OLD, ("30044", "新竹市", "北區", "武陵路", "河岸以東")]
    assert imported(session, rows).unread == ("河岸以東",)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_files_are_read_with_any_line_end_byte_order_mark_and_packing(
    end: str, mark: bytes, pack: type[bytes]
) -> None:
    data = mark + csv_file("30054,新竹市,東區,東大路２段,雙  62之   1號以下", end=end).getvalue()
    rows = list(read_rows(io.BytesIO(pack(data))))
    assert rows == [("30054", "新竹市", "東區", "東大路２段", "雙62之1號以下")]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (io.BytesIO(b""), "第 1 行：標題列"),
        (csv_file(head="ZIPCODE,CITY,AREA,ROAD,SCOOP"), "第 1 行：標題列"),
        (csv_file("3005,新竹市,東區,東大路,全"), "第 2 行：郵遞區號應為 5 碼"),
        (csv_file("30054,新竹市,東區,東大路,全", "３００５４,新竹市,東區,東大路,全"), "第 3 行：郵遞區號"),
        (csv_file("30054,新竹市,東區,東大路"), "第 2 行：應有 5 欄，讀到 4 欄"),
        (csv_file("30054,新竹市,東區,東大路,全", "30054,新竹市,東區,  ,全"), "第 3 行：缺少「原始路名」"),
        (csv_file("30054,新竹市,東區,東大\0路,全"), "第 2 行：「原始路名」的內容不正確"),
        (csv_file("30054,新竹市," + "東" * 21 + ",東大路,全"), "第 2 行：「鄉鎮市區」的內容不正確"),
        (csv_file('30054,新竹市,東區,"東大路"路,全'), "第 2 行：不是正確的 CSV"),
        (
            io.BytesIO(f"{HEAD}\n30054,".encode() + "新竹市,東區,東大路,全\n".encode("big5")),
            "第 2 行：文字編碼",
        ),
        (io.BytesIO(gzip.compress(HEAD.encode())[:-9]), "壓縮檔已損毀"),
        (io.BytesIO(gzip.compress(b"0" * (33 * 1024 * 1024))), "檔案過大"),
        (csv_file(), "沒有任何郵遞區號"),
    ],
)
def test_a_malformed_file_is_refused_with_its_line_and_changes_nothing(
    session: Session, source: io.BytesIO, reason: str
) -> None:
    imported(session, OLD)
    source.seek(0)
    with pytest.raises(RuleBroken, match=reason):
        imported(session, read_rows(source))
    assert postal.resolve(session, "新竹市東區東大路二段60號").code == "30054"
    assert session.scalar(select(func.count()).select_from(PostalDirectory)) == 1


def test_the_shipped_directory_is_imported_whole(session: Session) -> None:
    summary = imported(session, postal.SHIPPED_DIRECTORY)
    assert summary == postal.Imported(rows=61_240, districts=374, unread=(), changed=True)
    assert postal.resolve(session, "新竹市東區東大路二段60號").code == "30054"
    assert postal.resolve(session, "新竹市北區東大路二段").candidates == ("30044", "30054", "30057")


def test_every_shipped_service_area_is_a_postal_code(session: Session) -> None:
    imported(session, postal.SHIPPED_DIRECTORY)
    lines = Path(postal.REFERENCE / "service_areas.csv").read_text(encoding="utf-8").splitlines()[1:]
    prefixes = [line.split(",")[0] for line in lines]
    assert len(prefixes) == 368
    assert [prefix for prefix in prefixes if not postal.code_exists(session, prefix)] == []
