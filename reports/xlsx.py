"""An .xlsx workbook as a stream of bytes: a title row and the headings, frozen, above any number of rows.

Parts follow ECMA-376. The sheets come first and are named in the parts after them, because only the end of
the rows tells how many sheets there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from reports.sheet_cells import Markup, Row, Rows, sheet_name
from reports.zip_stream import LARGEST_PART, ZipStream

MIME_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

# "xml" means a sheet unless said otherwise, so this is written before the number of sheets is known.
_CONTENT_TYPES = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>'
)
_PACKAGE_RELATIONS = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
# Cell styles: 0 plain, 1 text, 2 title, 3 heading. Format 49 is "@", text: a cell that begins with = + - @
# stays text even when somebody edits it.
_STYLES = (
    f"{_XML}<styleSheet {_MAIN}>"
    '<fonts count="3"><font><sz val="11"/><name val="新細明體"/></font>'
    '<font><b/><sz val="12"/><name val="新細明體"/></font>'
    '<font><b/><sz val="11"/><name val="新細明體"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE7EEF4"/></patternFill></fill></fills>'
    '<borders count="2"><border><left/><right/><top/><bottom/></border>'
    '<border><left/><right/><top/><bottom style="thin"><color rgb="FF7A8B99"/></bottom></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>'
    '<xf numFmtId="49" fontId="2" fillId="2" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" '
    'applyFill="1" applyBorder="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_SHEET_END = (
    '</sheetData><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
    '<ignoredErrors><ignoredError sqref="A1:XFD1048576" numberStoredAsText="1"/></ignoredErrors>'
    "</worksheet>"
)
# Excel reads _x0041_ in a text as an A: an underscore that would start such a code becomes a code itself.
_CODE = re.compile(rb"_(?=x[0-9A-Fa-f]{4}_)")
_CELLS = Markup(
    row=(b"<row>", b"</row>"),
    text=(b'<c s="1" t="inlineStr"><is><t xml:space="preserve">', b"</t></is></c>"),
    number=(b"<c><v>", b"</v></c>"),
    empty=b"<c/>",
    texts=lambda texts: _CODE.sub(b"_x005F_", texts) if b"_x" in texts else texts,
)


def stream_xlsx(
    title: str, headings: Sequence[str], widths: Sequence[int], rows: Iterable[Row]
) -> Iterator[bytes]:
    """The workbook, piece by piece. `widths` count Latin characters; a full sheet continues on a next one."""
    archive = ZipStream()
    archive.write("[Content_Types].xml", _CONTENT_TYPES)
    archive.write("_rels/.rels", _PACKAGE_RELATIONS)
    archive.write("xl/styles.xml", _STYLES)
    head = _head(title, headings, widths)
    source = Rows(rows)
    sheets = 0
    while sheets == 0 or not source.ended():
        sheets += 1
        yield from _sheet(archive, f"xl/worksheets/sheet{sheets}.xml", head, source)
    archive.write("xl/workbook.xml", _workbook(sheets))
    archive.write("xl/_rels/workbook.xml.rels", _workbook_relations(sheets))
    yield from archive.end()


def _sheet(archive: ZipStream, name: str, head: str, source: Rows) -> Iterator[bytes]:
    with archive.part(name) as part:
        written = part.write(head.encode())
        yield from archive.pieces()
        for batch in source.batches():
            written += part.write(_CELLS.rows(batch))
            yield from archive.pieces()
            if written > LARGEST_PART:
                break
        part.write(_SHEET_END.encode())


def _head(title: str, headings: Sequence[str], widths: Sequence[int]) -> str:
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" style="1" customWidth="1"/>'
        for n, width in enumerate(widths, 1)
    )
    return (
        f'{_XML}<worksheet {_MAIN}><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="2" topLeftCell="A3" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        '<sheetFormatPr defaultRowHeight="18" customHeight="1"/>'
        f"<cols>{columns}</cols><sheetData>{_styled([title], 2)}{_styled(headings, 3)}"
    )


def _styled(texts: Sequence[str], style: int) -> str:
    return _CELLS.rows([texts]).replace(b'<c s="1"', f'<c s="{style}"'.encode()).decode()


def _workbook(sheets: int) -> str:
    numbers = range(1, sheets + 1)
    entries = "".join(f'<sheet name="{sheet_name(n)}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    repeated = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{n - 1}">{sheet_name(n)}!$1:$2</definedName>'
        for n in numbers
    )
    return (
        f'{_XML}<workbook {_MAIN} xmlns:r="{_RELATIONS}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{entries}</sheets><definedNames>{repeated}</definedNames></workbook>"
    )


def _workbook_relations(sheets: int) -> str:
    entries = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, sheets + 1)
    )
    return (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{entries}'
        f'<Relationship Id="rId{sheets + 1}" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>'
    )
