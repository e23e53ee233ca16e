"""An OpenDocument spreadsheet (.ods, CNS 15251) as a stream of bytes, with the same rows as the .xlsx.

All tables stand in one part, `content.xml`, which cannot pass 2 GiB in a stream: a longer list is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from reports.sheet_cells import Markup, Row, Rows, sheet_name
from reports.zip_stream import LARGEST_PART, ZipStream
from rules.errors import RuleBroken

MIME_TYPE = "application/vnd.oasis.opendocument.spreadsheet"

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = "urn:oasis:names:tc:opendocument:xmlns:"
_NAMES = (
    f'xmlns:office="{_SPACE}office:1.0" xmlns:table="{_SPACE}table:1.0" xmlns:text="{_SPACE}text:1.0" '
    f'xmlns:style="{_SPACE}style:1.0" xmlns:number="{_SPACE}datastyle:1.0" '
    f'xmlns:fo="{_SPACE}xsl-fo-compatible:1.0" xmlns:config="{_SPACE}config:1.0" office:version="1.3"'
)
_MANIFEST = (
    f'{_XML}<manifest:manifest xmlns:manifest="{_SPACE}manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{MIME_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    '<manifest:file-entry manifest:full-path="settings.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)
_TEXT_STYLE = (
    '<number:text-style style:name="text"><number:text-content/></number:text-style>'
    '<style:style style:name="cell" style:family="table-cell" style:data-style-name="text"/>'
    '<style:style style:name="title" style:family="table-cell" style:data-style-name="text">'
    '<style:text-properties fo:font-weight="bold" fo:font-size="12pt"/></style:style>'
    '<style:style style:name="heading" style:family="table-cell" style:data-style-name="text">'
    '<style:table-cell-properties fo:background-color="#e7eef4" fo:border-bottom="0.5pt solid #7a8b99"/>'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
)
# A reader drops blanks at the edge of a paragraph and all but one of a run.
_BLANKS = re.compile(rb" {2,}|(?:(?<=[\0\n])|\A) | (?=[\0\n]|\Z)")
_BLANK_SIGNS = (b"  ", b"\0 ", b" \0", b"\n")


def _texts(texts: bytes) -> bytes:
    framed = texts[:1] == b" " or texts[-1:] == b" "
    if framed or any(sign in texts for sign in _BLANK_SIGNS):
        texts = _BLANKS.sub(lambda blanks: b'<text:s text:c="%d"/>' % len(blanks[0]), texts)
    return texts.replace(b"\n", b"</text:p><text:p>")


_CELLS = Markup(
    row=(b"<table:table-row>", b"</table:table-row>"),
    text=(b'<table:table-cell office:value-type="string"><text:p>', b"</text:p></table:table-cell>"),
    number=(b'<table:table-cell office:value-type="float" office:value="', b'"/>'),
    empty=b"<table:table-cell/>",
    texts=_texts,
)
_TABLE_END = "</table:table>"
_CONTENT_END = "</office:spreadsheet></office:body></office:document-content>"
_CHARACTER_WIDTH = 0.22  # centimetres


class TooLarge(RuleBroken):
    """The list does not fit into this format."""


def stream_ods(
    title: str, headings: Sequence[str], widths: Sequence[int], rows: Iterable[Row]
) -> Iterator[bytes]:
    """The document, piece by piece. Raises TooLarge, in the middle of the stream, at 2 GiB of content."""
    archive = ZipStream()
    archive.store("mimetype", MIME_TYPE)
    source = Rows(rows)
    written = tables = 0
    with archive.part("content.xml") as part:
        part.write(_content_start(widths).encode())
        while tables == 0 or not source.ended():
            tables += 1
            part.write(_head(tables, title, headings, len(widths)).encode())
            yield from archive.pieces()
            for batch in source.batches():
                written += part.write(_CELLS.rows(batch))
                if written > LARGEST_PART:
                    raise TooLarge("資料量超過 .ods 檔案的上限，請縮小查詢範圍，或改為匯出 Excel。")
                yield from archive.pieces()
            part.write(_TABLE_END.encode())
        part.write(_CONTENT_END.encode())
    archive.write("settings.xml", _settings(tables))
    archive.write("META-INF/manifest.xml", _MANIFEST)
    yield from archive.end()


def _content_start(widths: Sequence[int]) -> str:
    columns = "".join(
        f'<style:style style:name="column{n}" style:family="table-column"><style:table-column-properties '
        f'style:column-width="{width * _CHARACTER_WIDTH:.2f}cm"/></style:style>'
        for n, width in enumerate(widths, 1)
    )
    return (
        f"{_XML}<office:document-content {_NAMES}><office:automatic-styles>{_TEXT_STYLE}{columns}"
        "</office:automatic-styles><office:body><office:spreadsheet>"
    )


def _head(table: int, title: str, headings: Sequence[str], columns: int) -> str:
    declared = "".join(
        f'<table:table-column table:style-name="column{n}" table:default-cell-style-name="cell"/>'
        for n in range(1, columns + 1)
    )
    return (
        f'<table:table table:name="{sheet_name(table)}">{declared}<table:table-header-rows>'
        f"{_styled([title], 'title')}{_styled(headings, 'heading')}</table:table-header-rows>"
    )


def _styled(texts: Sequence[str], style: str) -> str:
    named = f'<table:table-cell table:style-name="{style}"'.encode()
    return _CELLS.rows([texts]).replace(b"<table:table-cell", named).decode()


def _settings(tables: int) -> str:
    """The title and the headings stay in place when one scrolls."""
    split = "".join(
        f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'
        for name, kind, value in (
            ("VerticalSplitMode", "short", 2),
            ("VerticalSplitPosition", "int", 2),
            ("ActiveSplitRange", "short", 2),
            ("PositionBottom", "int", 2),
        )
    )
    views = "".join(
        f'<config:config-item-map-entry config:name="{sheet_name(n)}">{split}</config:config-item-map-entry>'
        for n in range(1, tables + 1)
    )
    return (
        f"{_XML}<office:document-settings {_NAMES}><office:settings>"
        '<config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        f'<config:config-item-map-named config:name="Tables">{views}</config:config-item-map-named>'
        "</config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set></office:settings>"
        "</office:document-settings>"
    )
