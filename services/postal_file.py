"""Reading a postal directory as Chunghwa Post publishes it: CSV of five columns, UTF-8, plain or gzipped."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from rules.addresses import Row
from rules.errors import RuleBroken

HEADER = ["郵遞區號", "縣市名稱", "鄉鎮市區", "原始路名", "投遞範圍"]
LONGEST_NAME = 20
LARGEST = 32 * 1024 * 1024
"""Bytes after unpacking; the edition of 2019 has 3 MB."""

_GZIP = b"\x1f\x8b"
_CODE = re.compile(r"[0-9]{5}")


def read_rows(source: Path | BinaryIO) -> Iterator[Row]:
    """Raises `RuleBroken`, naming the line, at the first that is not a row of a directory."""
    reader = csv.reader(io.StringIO(_text(source), newline=""), strict=True)
    try:
        header = next(reader, [])
        if [cell.strip() for cell in header] != HEADER:
            raise RuleBroken("第 1 行：標題列應為「%(header)s」。", header=",".join(HEADER))
        for cells in reader:
            if cells:
                yield _row(cells, reader.line_num)
    except csv.Error as error:
        raise RuleBroken("第 %(line)s 行：不是正確的 CSV 格式。", line=reader.line_num) from error


def _row(cells: list[str], line: int) -> Row:
    if len(cells) != len(HEADER):
        raise RuleBroken("第 %(line)s 行：應有 5 欄，讀到 %(found)s 欄。", line=line, found=len(cells))
    code, city, district, road, scope = ("".join(cell.split()) for cell in cells)
    if not _CODE.fullmatch(code):
        raise RuleBroken("第 %(line)s 行：郵遞區號應為 5 碼數字。", line=line)
    for name, value in zip(HEADER[1:], (city, district, road, scope), strict=True):
        if not value:
            raise RuleBroken("第 %(line)s 行：缺少「%(column)s」。", line=line, column=name)
        if "\0" in value or (len(value) > LONGEST_NAME and name != HEADER[-1]):
            raise RuleBroken("第 %(line)s 行：「%(column)s」的內容不正確。", line=line, column=name)
    return code, city, district, road, scope


def _text(source: Path | BinaryIO) -> str:
    data = source.read_bytes() if isinstance(source, Path) else source.read()
    if data.startswith(_GZIP):
        try:
            with gzip.open(io.BytesIO(data)) as stream:
                data = stream.read(LARGEST + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise RuleBroken("壓縮檔已損毀，無法解開。請重新下載後再匯入。") from error
    if len(data) > LARGEST:
        raise RuleBroken("檔案過大，不是郵遞區號檔。")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RuleBroken(
            "第 %(line)s 行：文字編碼不是 UTF-8。請另存為 UTF-8 編碼的 CSV 檔後再匯入。", line=line
        ) from error
