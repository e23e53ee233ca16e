"""Each sort of file by its real bytes, and each way in which a file can lie."""

import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import archives
from rules.errors import RuleBroken
from rules.uploads import MAX_BYTES, MAX_NAME, UploadType, check_upload, safe_display_name

JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(64) + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(64)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"
EXE = b"MZ\x90\x00" + bytes(64)


def zipped(files, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return buffer.getvalue()


WORD = {
    "[Content_Types].xml": "<Types/>",
    "_rels/.rels": "<Relationships/>",
    "word/document.xml": "<w:document/>",
}
DOCX = zipped(WORD)
ZIP = zipped({"同意書.pdf": PDF, "照片/1.jpg": JPG})


def refusal(name, content):
    with pytest.raises(RuleBroken) as refused:
        check_upload(name, content)
    assert f"檔案「{safe_display_name(name)}」" in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.jpg", JPG, UploadType.JPG),
        ("A.JPEG", JPG, UploadType.JPG),
        ("同意書.pdf", PDF, UploadType.PDF),
        ("掃描 1.2 版.PNG", PNG, UploadType.PNG),
        ("a.docx", DOCX, UploadType.DOCX),
        ("a.zip", ZIP, UploadType.ZIP),
        (
            "a.zip",
            zipped({"內文.docx": DOCX, "b/": "", "b/表.xlsx": zipped({"[Content_Types].xml": "x"})}),
            UploadType.ZIP,
        ),
        ("a.zip", zipped({"b.docx": zipped(WORD | {"word/embeddings/1.xlsx": DOCX})}), UploadType.ZIP),
        (
            "a.docx",
            zipped(WORD | {"word/embeddings/1.xlsx": zipped({"xl/workbook.xml": "x"})}),
            UploadType.DOCX,
        ),
    ],
)
def test_a_file_that_is_what_it_says_passes(name, content, kind):
    assert check_upload(name, content) is kind


@pytest.mark.parametrize("named", ["a.jpg", "a.pdf", "a.png", "a.docx", "a.zip"])
@pytest.mark.parametrize(
    "content", [JPG, PDF, PNG, DOCX, ZIP, EXE, b"text"], ids=lambda content: repr(content[:8])
)
def test_name_and_content_must_agree(named, content):
    matching = {"a.jpg": JPG, "a.pdf": PDF, "a.png": PNG, "a.docx": DOCX, "a.zip": ZIP}
    if matching[named] is content:
        assert check_upload(named, content).value == named[2:]
    else:
        refusal(named, content)


def test_five_megabytes_pass_and_one_byte_more_does_not():
    assert check_upload("a.jpg", JPG.ljust(MAX_BYTES, b"\0")) is UploadType.JPG
    assert "5MB" in refusal("a.jpg", JPG.ljust(MAX_BYTES + 1, b"\0"))


def test_an_empty_file_is_refused():
    assert "空的" in refusal("a.jpg", b"")


@pytest.mark.parametrize(
    "name",
    [
        "a.exe",
        "a.exe.jpg",
        "a.jpg.exe",
        "a.JS .jpg",
        "a.bat.pdf.jpg",
        "a\u202egpj.exe",
        "a.exe\u200b.jpg",
        "a．ｅｘｅ.jpg",
        "a.docm",
    ],
)
def test_a_name_with_a_programs_suffix_anywhere_is_refused(name):
    assert "可執行檔" in refusal(name, JPG)


@pytest.mark.parametrize("name", ["a", "jpg", ".", "a.gif", "a.jpg.gif", "a.jpg/", "", "a.tar.gz"])
def test_other_suffixes_and_none_are_refused_with_the_list_of_those_accepted(name):
    assert "jpg、pdf、png、docx、zip" in refusal(name, JPG)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"a.exe": "x"}, "可執行"),
        ({"dir/readme.txt.bat": "x"}, "可執行"),
        ({"a.txt": EXE}, "可執行"),
        ({"a.txt": b"\x7fELF"}, "可執行"),
        ({"a.xlsm": "x"}, "可執行"),
        ({"../a.txt": "x"}, "路徑"),
        ({"/etc/a.txt": "x"}, "路徑"),
        ({"..\\a.txt": "x"}, "路徑"),
        ({"C:/a.txt": "x"}, "路徑"),
        ({"b.zip": ZIP}, "還有壓縮檔"),
        ({"b.txt": ZIP}, "還有壓縮檔"),
        ({"b.7z": "7z"}, "還有壓縮檔"),
        ({"b.docx": zipped({"c.zip": ZIP})}, "還有壓縮檔"),
        ({"b.docx": zipped(WORD | {"x.docx": zipped(WORD | {"y.docx": DOCX})})}, "嵌入過多層"),
        ({"b.docx": zipped(WORD | {"word/vbaProject.bin": "x"})}, "巨集"),
        ({"b.docx": b"not a zip"}, "損壞"),
        ({f"{number}.txt": "" for number in range(1001)}, "過多"),
        ({"a.txt": bytes(8 * 1024 * 1024)}, "過大"),
        ({}, "空的壓縮檔"),
    ],
)
def test_an_archive_with_something_harmful_in_it_is_refused(files, told):
    assert told in refusal("a.zip", zipped(files))


def test_a_thousand_entries_and_a_page_of_blanks_are_no_bomb():
    assert check_upload("a.zip", zipped({f"{number}.txt": "" for number in range(1000)})) is UploadType.ZIP
    assert check_upload("a.zip", zipped({"a.txt": bytes(archives.RATIO_COUNTS_FROM)})) is UploadType.ZIP


def test_a_document_with_macros_is_refused():
    assert "巨集" in refusal("a.docx", zipped(WORD | {"word/vbaProject.bin": "x"}))


@pytest.mark.parametrize("missing", ["[Content_Types].xml", "word/document.xml"])
def test_a_document_without_its_parts_is_no_document(missing):
    files = {name: body for name, body in WORD.items() if name != missing}
    assert "其實是 zip" in refusal("a.docx", zipped(files))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_rare_compression_is_refused(method):
    assert "少見" in refusal("a.zip", zipped({"a.txt": "text"}, method))


def test_a_bomb_too_sparse_for_the_ratio_is_refused_by_its_size(monkeypatch):
    monkeypatch.setattr(archives, "MAX_TOTAL", 1000)
    assert check_upload("a.zip", zipped({"a.txt": bytes(1000)})) is UploadType.ZIP
    assert "過大" in refusal("a.zip", zipped({"a.txt": bytes(500), "b.txt": bytes(501)}))


def test_documents_in_an_archive_share_its_budget(monkeypatch):
    document = zipped(WORD | {"word/big.xml": bytes(3000)})
    archive = zipped({"a.docx": document, "b.docx": document})
    monkeypatch.setattr(archives, "MAX_TOTAL", 2 * len(document) + 2 * 3100)
    assert check_upload("a.zip", archive) is UploadType.ZIP
    monkeypatch.setattr(archives, "MAX_TOTAL", 2 * len(document) + 3100)
    assert "過大" in refusal("a.zip", archive)


def patched(content, offset_in_central_header, value):
    """The archive with one 32-bit field of its first central header changed."""
    at = content.index(b"PK\x01\x02") + offset_in_central_header
    return content[:at] + struct.pack("<I", value) + content[at + 4 :]


def test_an_entry_that_inflates_to_more_than_it_declares_is_refused():
    body = bytes(100_000)
    lying = patched(patched(zipped({"a.txt": body}), 24, 10), 16, zlib.crc32(body[:10]))
    assert "標示不符" in refusal("a.zip", lying)


def test_a_changed_byte_is_seen():
    whole = zipped({"a.txt": "一二三四五六七"}, zipfile.ZIP_STORED)
    at = whole.index("三".encode())
    assert "標示不符" in refusal("a.zip", whole[:at] + b"\x00" + whole[at + 1 :])


def test_entries_that_share_their_bytes_are_refused():
    whole = zipped({"a.txt": bytes(100), "b.txt": bytes(100)}, zipfile.ZIP_STORED)
    second = whole.rindex(b"PK\x01\x02") + 42
    assert "結構異常" in refusal("a.zip", whole[:second] + struct.pack("<I", 0) + whole[second + 4 :])


def test_an_encrypted_entry_is_refused():
    whole = zipped({"a.txt": "text"})
    at = whole.index(b"PK\x01\x02") + 8
    assert "密碼" in refusal("a.zip", whole[:at] + b"\x01\x00" + whole[at + 2 :])


@pytest.mark.parametrize("keep", [4, 30, 60, -1, -22])
def test_a_truncated_archive_is_refused(keep):
    assert "損壞" in refusal("a.zip", ZIP[:keep])


@given(st.integers(4, len(ZIP) - 1), st.integers(0, 255))
def test_any_damage_is_refused_in_words_or_harmless(at, byte):
    damaged = ZIP[:at] + bytes([byte]) + ZIP[at + 1 :]
    try:
        assert check_upload("a.zip", damaged) is UploadType.ZIP
    except RuleBroken as refused:
        assert "檔案「a.zip」" in str(refused)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("C:\\fakepath\\同意書.pdf", "同意書.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\u202egpj.jpg", "agpj.jpg"),
        ("a\x00b\nc.jpg", "ab c.jpg"),
        ('a<b>:"|?*.jpg', "a_b______.jpg"),
        (" .a.jpg. ", "a.jpg"),
        ("", "未命名"),
        ("...", "未命名"),
        ("CON.jpg", "_CON.jpg"),
        ("長" * 300 + ".jpg", "長" * 96 + ".jpg"),
    ],
)
def test_a_shown_name_is_safe(name, shown):
    assert safe_display_name(name) == shown


@given(st.text(max_size=150))
def test_a_safe_name_is_short_and_safe_already(name):
    safe = safe_display_name(name)
    assert 0 < len(safe) <= MAX_NAME + 1
    assert safe_display_name(safe) == safe
    assert not set(safe) & set('/\\<>:"|?*\n\r\t\0')
