"""Files that nobody should open carelessly, all made here: several hundred, always the same.

``corpus`` yields samples with the code of the finding that has to refuse each, ``IN`` for
those that are odd but harmless, and ``ANY`` where either is right as long as nothing breaks.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import xlsxwriter

IN, ANY = "let in", ""

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
ROOT = f'<worksheet xmlns="{MAIN}">'
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'


@dataclass(frozen=True)
class Sample:
    name: str
    data: bytes
    expect: str


def sheet(rows: str, before: str = "", after: str = "", root: str = ROOT) -> str:
    return f"{DECLARATION}{root}{before}<sheetData>{rows}</sheetData>{after}</worksheet>"


def workbook_xml(sheets: str = '<sheet name="S" sheetId="1" r:id="r1"/>', after: str = "") -> str:
    return (
        f'{DECLARATION}<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}">'
        f"<sheets>{sheets}</sheets>{after}</workbook>"
    )


def relations(*targets: tuple[str, str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="{id_}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for id_, kind, target in targets
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def parts(**changes: str | bytes) -> dict[str, str | bytes]:
    """The parts of the smallest workbook; a change replaces the part named by its key."""
    names = {
        "book": "xl/workbook.xml",
        "sheet1": "xl/worksheets/sheet1.xml",
        "texts": "xl/sharedStrings.xml",
        "styles": "xl/styles.xml",
        "types": "[Content_Types].xml",
        "relations": "xl/_rels/workbook.xml.rels",
    }
    content: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}sheet.main+xml"/></Types>',
        "_rels/.rels": relations(("r1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": workbook_xml(),
        "xl/_rels/workbook.xml.rels": relations(("r1", "worksheet", "worksheets/sheet1.xml")),
        "xl/worksheets/sheet1.xml": sheet('<row r="1"><c r="A1"><v>1</v></c></row>'),
    }
    return content | {names[key]: value for key, value in changes.items()}


def zipped(content: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, value in content.items():
            member = zipfile.ZipInfo(name)
            # On Windows it has made slashes of backslashes, which are to be seen here.
            member.filename = name
            archive.writestr(member, value, method)
    return buffer.getvalue()


def workbook(**changes: str | bytes) -> bytes:
    return zipped(parts(**changes))


def cells(rows: str, **around: str) -> bytes:
    return workbook(sheet1=sheet(rows, **around))


def texts(*items: str) -> str:
    return f'<sst xmlns="{MAIN}">' + "".join(f"<si>{item}</si>" for item in items) + "</sst>"


def ordinary() -> bytes:
    """A workbook such as office programs write."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        for number in range(3):
            page = book.add_worksheet(f"แผ่น {number}")
            for row in range(30):
                page.write_row(row, 0, [row, f"ข้อความ {row % 7}", row / 3])
                page.write_formula(row, 4, f"=A{row + 1}*2", None, row * 2)
    return buffer.getvalue()


def open_document(rows: str, content: str | None = None, manifest: str = "") -> bytes:
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    if content is None:
        content = (
            f'{DECLARATION}<office:document-content xmlns:office="{names}office:1.0" '
            f'xmlns:table="{names}table:1.0" xmlns:text="{names}text:1.0"><office:body>'
            f'<office:spreadsheet><table:table table:name="S">{rows}</table:table>'
            f"</office:spreadsheet></office:body></office:document-content>"
        )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": f'<manifest xmlns="{names}manifest:1.0">{manifest}</manifest>',
        }
    )


def ods_row(*cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}' + (
        "</table:table-row>"
    )


def ods_cell(value: str = "1", repeated: int = 1) -> str:
    kind = f' office:value-type="float" office:value="{value}"' if value else ""
    return f'<table:table-cell table:number-columns-repeated="{repeated}"{kind}/>'


def ods_text(inner: str, repeated: int = 1) -> str:
    return (
        f'<table:table-cell table:number-columns-repeated="{repeated}" '
        f'office:value-type="string"><text:p>{inner}</text:p></table:table-cell>'
    )


def ole(*streams: str) -> bytes:
    """A compound file with nothing but a directory of streams."""
    entries = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0")
        + struct.pack("<HB", 2 * len(name) + 2, 2)
        + bytes(61)
        for name in ("Root Entry", *streams)
    )
    return bytes.fromhex("d0cf11e0a1b11ae1").ljust(512, b"\0") + entries.ljust(1024, b"\0")


def noise(size: int) -> str:
    """A comment that does not compress, to hide an abnormal ratio."""
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/"
    return "<!--" + "".join(random.Random(size).choices(letters, k=size)) + "-->"


def corpus() -> Iterator[Sample]:
    from hostile_binary import binary_saves, binary_sheets, old_workbooks

    makers: tuple[Callable[[], _Samples], ...] = (
        _truncated,
        _flipped,
        _mutated_parts,
        _wrong_kinds,
        _far_cells,
        _bombs,
        _doctypes,
        _missing_parts,
        _odd_names,
        _zip_tricks,
        _odd_sheets,
        _odd_workbooks,
        _open_documents,
        binary_sheets,
        binary_saves,
        old_workbooks,
    )
    for make in makers:
        for name, data, expect in make():
            yield Sample(f"{make.__name__.strip('_')}: {name}", data, expect)


_Samples = Iterator[tuple[str, bytes, str]]


def _truncated() -> _Samples:
    whole = ordinary()
    for index in range(60):
        size = 1 + index * (len(whole) - 2) // 59
        yield f"workbook to {size} bytes", whole[:size], "MX-102" if size < 4 else "MX-107"
    other = open_document(ods_row(ods_cell()))
    for size in range(5, len(other), len(other) // 20):
        yield f"ods to {size} bytes", other[:size], "MX-107"


def _flipped() -> _Samples:
    whole, chance = ordinary(), random.Random(2569)
    for index in range(150):
        at = chance.randrange(len(whole))
        broken = bytearray(whole)
        broken[at] ^= 1 << chance.randrange(8)
        yield f"bit {index} at byte {at}", bytes(broken), ANY


def _mutated_parts() -> _Samples:
    with zipfile.ZipFile(io.BytesIO(ordinary())) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    chance = random.Random(2570)
    names = [name for name in content if "theme" not in name and "docProps" not in name]
    for index in range(120):
        name = chance.choice(names)
        old = content[name]
        at, length = chance.randrange(len(old)), chance.choice((1, 1, 3, 40))
        new = chance.choice((b"", b"<", b">", b'"', b"&", b"9", b"99999999", b"\0", b"\xff"))
        changed = old[:at] + new + old[at + length :]
        yield f"{index} {name} at {at}", zipped(content | {name: changed}), ANY


def _wrong_kinds() -> _Samples:
    kinds = {
        "pdf": b"%PDF-1.7\n%\xe2\xe3",
        "png": b"\x89PNG\r\n\x1a\n\0\0",
        "jpeg": b"\xff\xd8\xff\xe0",
        "gif": b"GIF89a",
        "tiff": b"II*\0",
        "rar": b"Rar!\x1a\x07\x00",
        "7z": b"7z\xbc\xaf'\x1c",
        "gzip": b"\x1f\x8b\x08\0",
        "rtf": b"{\\rtf1",
        "exe": b"MZ" + bytes(70),
        "html": b"\xef\xbb\xbf <html><table>",
        "html as Excel": b"<table><tr><td>1",
        "xml": b"<?xml version='1.0'?><Workbook/>",
        "csv": b"a,b\n1,2\n",
        "one byte": b"P",
        "thai text": "รหัส,ชื่อ\n".encode("cp874"),
        "utf-16": "ก,ข".encode("utf-16"),
        "mail": b"From: a@example.org\nTo: b\n\nhi",
        "nul bytes": bytes(5000),
        "random": random.Random(1).randbytes(5000),
        "ole without streams": ole(),
        "word 97": ole("WordDocument"),
        "powerpoint 97": ole("PowerPoint Document"),
        "outlook": ole("__properties_version1.0"),
        "empty zip": zipped({}),
        "zip of a pdf": zipped({"a.pdf": b"%PDF-"}),
        "zip in zip": zipped({"a.xlsx": ordinary()}),
        "docx": zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<d/>"}),
        "pptx": zipped({"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<p/>"}),
        "odt": zipped({"mimetype": "application/vnd.oasis.opendocument.text"}),
    }
    for name, data in kinds.items():
        yield name, data, "MX-102"
    yield "no bytes", b"", "MX-101"
    yield "password", ole("EncryptionInfo", "EncryptedPackage"), "MX-103"
    yield "xls", ole("Workbook"), "MX-107"
    yield "old xls", ole("Book"), "MX-107"


def _far_cells() -> _Samples:
    near = '<row r="1"><c r="A1"><v>1</v></c></row>'
    for cell in ("XFD1048576", "ZZ100000", "A5001", "A1048576", "KO1", "XFD1", "AAA4999"):
        row = cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        for name, inner, expect in (
            ("number", "<v>1</v>", "MX-105"),
            ("empty value", "<v></v>", "MX-105"),
            ("inline text", "<is><t>x</t></is>", "MX-105"),
            ("nothing", "", IN),
            ("formula without value", "<f>A1</f>", IN),
        ):
            far = f'<row r="{row}"><c r="{cell}" s="1">{inner}</c></row>'
            yield f"{name} at {cell}", cells(near + far), expect
        yield f"only {cell}", cells(f'<row r="{row}"><c r="{cell}"><v>1</v></c></row>'), "MX-105"
        yield (
            f"{cell} with prefixes",
            workbook(
                sheet1=f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="{row}"><x:c t="n" '
                f"r='{cell}'><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>"
            ),
            "MX-105",
        )
        yield (
            f"{cell} in a row without number",
            cells(near + f'<row><c r="{cell}"><v>1</v></c></row>'),
            "MX-105",
        )
    yield "implied columns", cells("<row>" + "<c><v>1</v></c>" * 301 + "</row>"), "MX-105"
    yield "implied rows", cells("<row/>" * 5000 + "<row><c><v>1</v></c></row>"), "MX-105"
    yield "implied after a far row", cells('<row r="9999"/><row><c><v>1</v></c></row>'), "MX-105"
    yield "last row allowed", cells('<row r="5000"><c r="A5000"><v>1</v></c></row>'), IN
    yield "last column allowed", cells('<row r="1"><c r="KN1"><v>1</v></c></row>'), IN
    for reference in ("A1:XFD1048576", "A1:A4294967295", "ZZZZZZZ9:A1", "C9:A1", "A1"):
        yield f"dimension {reference}", cells(near, before=f'<dimension ref="{reference}"/>'), IN
    many = {
        f"xl/worksheets/sheet{n}.xml": sheet(
            near + '<row r="5000"><c r="KN5000"><v>1</v></c></row>'
        )
        for n in range(1, 5)
    }
    yield (
        "tables too large in sum",
        zipped(
            parts(
                book=workbook_xml("".join(f'<sheet name="{n}" r:id="r{n}"/>' for n in range(1, 5))),
                relations=relations(
                    *((f"r{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, 5))
                ),
            )
            | many
        ),
        "MX-104",
    )


def _bombs() -> _Samples:
    shared = '<row r="1">' + '<c t="s"><v>0</v></c>' * 200 + "</row>"
    long = f"<t>{'x' * 900_000}</t>"
    yield "spaces in a sheet", cells(" " * 15_000_000), "MX-104"
    yield "zeros in a sheet", workbook(sheet1=bytes(30_000_000)), "MX-104"
    yield "long shared texts", workbook(texts=texts(*[long] * 20)), "MX-104"
    yield "one text in many cells", workbook(texts=texts(long), sheet1=sheet(shared)), "MX-104"
    for name, items in (
        ("after an empty text", ("", long)),
        ("behind comments", (noise(20) + long,)),
        ("in CDATA", (f"<t><![CDATA[</si>{'x' * 900_000}]]></t>",)),
        ("nested", (f"<si><t/></si>{long}",)),
    ):
        for index in (0, 1):
            used = shared.replace("<v>0<", f"<v>{index}<")
            book = workbook(texts=texts(*items), sheet1=sheet(used))
            yield f"text {index} {name} in many cells", book, ANY
    yield (
        "number format",
        workbook(
            styles=f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="200" formatCode="'
            f'{"0" * 900_000}"/></numFmts><cellXfs><xf numFmtId="200"/></cellXfs></styleSheet>'
        ),
        "MX-104",
    )
    hidden = sheet("<row/>" * 1_000_000, after=noise(200_000))
    yield "a million rows, ratio hidden", workbook(sheet1=hidden), IN
    yield "deep nesting", cells("<a>" * 100_000 + "</a>" * 100_000), IN
    yield "long cell text", cells(f'<row><c t="str"><v>{"x" * 900_000}</v></c></row>'), IN
    yield "too many parts", zipped(parts() | {f"a{n}.bin": b"" for n in range(2000)}), "MX-104"
    yield (
        "much XML",
        zipped(
            parts()
            | {
                f"xl/drawings/d{n}.xml": "<a>" + noise(100_000) + " " * 9_800_000 + "</a>"
                for n in range(5)
            }
        ),
        "MX-104",
    )
    yield (
        "XML without its extension",
        zipped(parts() | {"xl/media/image1.png": b"\xef\xbb\xbf <a>" + b" " * 15_000_000}),
        "MX-104",
    )
    yield "too large", bytes(4) + bytes(30_000_001), "MX-104"


def _doctypes() -> _Samples:
    entities = '<!DOCTYPE a [<!ENTITY b "cccccccc"><!ENTITY d "&b;&b;&b;&b;">]>'
    targets = [
        *parts(texts=texts("<t>x</t>"), styles="<styleSheet/>"),
        "xl/theme/theme1.xml",
        "xl/drawings/drawing1.vml",
        "docProps/core.xml",
        "customXml/item1.xml",
    ]
    for target in targets:
        content = parts(texts=texts("<t>x</t>")) | {target: ""}
        old = parts(texts=texts("<t>x</t>"), styles="<styleSheet/>").get(target, "<a/>")
        body = str(old).removeprefix(DECLARATION)
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            mark = "" if encoding == "utf-8" else "\ufeff"
            text = f"{mark}<?xml version='1.0' encoding='{encoding[:6]}'?>{entities}{body}"
            data = zipped(content | {target: text.encode(encoding)})
            yield f"{target} in {encoding}", data, "MX-106"
    data = zipped(parts() | {"xl/media/a.svg": "<!DOCTYPE svg><svg/>"})
    yield "in a drawing that nobody parses", data, IN


def _missing_parts() -> _Samples:
    with zipfile.ZipFile(io.BytesIO(ordinary())) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    for name in content:
        rest = {other: value for other, value in content.items() if other != name}
        needed = name.startswith(("[", "xl/_rels", "xl/workbook", "xl/worksheets/"))
        yield f"without {name}", zipped(rest), "MX-107" if needed else IN
        yield f"empty {name}", zipped(content | {name: b""}), ANY
    yield (
        "sheet of an unknown relation",
        workbook(book=workbook_xml('<sheet name="S" r:id="r9"/>')),
        "MX-107",
    )


def _odd_names() -> _Samples:
    for name in (
        "/etc/passwd",
        "../x",
        "xl/../../x",
        "a//b",
        "C:/x",
        "a/./b",
        "xl\\..\\x.xml",
        "a\x01b",
    ):
        yield repr(name), zipped(parts() | {name: b"x"}), "MX-107"
    yield "other slashes", zipped({n.replace("/", "\\"): d for n, d in parts().items()}), IN
    yield "both slashes", zipped(parts() | {"xl\\workbook.xml": b"<a/>"}), "MX-107"
    for name in ("XL/WORKBOOK.XML", "[content_types].xml"):
        yield f"again as {name}", zipped(parts() | {name: b"<a/>"}), "MX-107"
    yield "Thai name", zipped(parts() | {"xl/media/รูป.png": b"x"}), IN
    yield "folder", zipped(parts() | {"xl/media/": b""}), IN
    yield "no name", zipped(parts() | {"": b"x"}), "MX-107"


def _zip_tricks() -> _Samples:
    whole = workbook()
    directory = whole.index(b"PK\x01\x02")
    end = whole.rindex(b"PK\x05\x06")

    def patched(at: int, form: str, value: int) -> bytes:
        new = bytearray(whole)
        struct.pack_into(form, new, at, value)
        return bytes(new)

    yield "bytes before", b"x" * 10 + whole, "MX-102"
    yield "a local header before", b"PK\x03\x04" + whole, "MX-107"
    yield "bytes behind", whole + b"\r\n", IN
    yield "a local header behind", whole + b"PK\x03\x04" + bytes(40), IN
    yield "second end record", whole + whole[end:], "MX-107"
    yield "comment", patched(end + 20, "<H", 3) + b"abc", IN
    for flag in (0x1, 0x41, 0x2001):
        yield f"encrypted {flag:x}", patched(directory + 8, "<H", flag), "MX-103"
    for method in (1, 9, 12, 14, 95, 99):
        yield f"method {method}", patched(directory + 10, "<H", method), "MX-107"
    yield "method differs from the local one", patched(8, "<H", 0), "MX-107"
    for name, offset in (("checksum", 16), ("packed size", 20), ("size", 24)):
        for value in (0, 1, 0x7FFFFFFF, 0xFFFFFFFF):
            yield f"{name} {value}", patched(directory + offset, "<L", value), "MX-107"
    second = whole.index(b"PK\x01\x02", directory + 1)
    yield "overlap", patched(second + 42, "<L", 0), "MX-107"
    yield "header beyond the end", patched(directory + 42, "<L", len(whole)), "MX-107"
    yield "header in the directory", patched(directory + 42, "<L", directory), "MX-107"
    yield "other local name", whole[:30] + b"X" + whole[31:], "MX-107"
    yield "entries", patched(end + 10, "<H", 3), "MX-107"
    yield "disks", patched(end + 4, "<H", 1), "MX-107"
    yield "directory size", patched(end + 12, "<L", 0xFFFFFFFF), "MX-107"
    yield "stored", zipped(parts(), zipfile.ZIP_STORED), IN
    stream = zlib.compress(sheet("").encode())[2:-4]
    yield "bytes behind a stream", whole.replace(stream, stream + b"x"), ANY


def _odd_sheets() -> _Samples:
    near = '<row r="1"><c r="A1"><v>1</v></c></row>'
    for name, rows, expect in (
        ("rows out of order", '<row r="5"><c r="A5"><v>1</v></c></row>' + near, IN),
        ("lower case", '<row r="1"><c r="a1"><v>1</v></c></row>', IN),
        ("dollars", '<row r="1"><c r="$A$1"><v>1</v></c></row>', "MX-107"),
        ("row 0", '<row r="0"><c><v>1</v></c></row>', "MX-107"),
        ("cell A0", '<row r="1"><c r="A0"><v>1</v></c></row>', "MX-107"),
        ("huge row", '<row r="99999999999999"><c><v>1</v></c></row>', "MX-107"),
        ("row beyond 32 bits", '<row r="4294967297"><c><v>1</v></c></row>', "MX-105"),
        ("many letters", '<row r="1"><c r="AAAAAAA1"><v>1</v></c></row>', "MX-107"),
        ("comment with a far cell", '<!-- <c r="XFD9999"><v>1</v></c> -->' + near, IN),
        ("value in CDATA", "<row><c><v><![CDATA[5]]></v></c></row>", IN),
        ("comment in a value", "<row><c><v><!-- -->5</v></c></row>", IN),
        ("text in CDATA", '<row><c t="inlineStr"><is><t><![CDATA[x]]></t></is></c></row>', IN),
        (
            "alternate content",
            '<row r="1"><m:AlternateContent xmlns:m="m"><m:Choice><c r="B1">'
            "<v>2</v></c></m:Choice></m:AlternateContent></row>",
            IN,
        ),
        ("cell in a cell", '<row r="1"><c r="A1"><c r="XFD9999"><v>1</v></c></c></row>', "MX-105"),
        ("two references", '<row r="1"><c r="A1" r="XFD9999"><v>1</v></c></row>', "MX-107"),
        ("many marks in an attribute", "<row><c x='" + 't="s"' * 9000 + "'/></row>", IN),
        ("cell in an attribute", "<row x=\"<c r='ZZ9999'>\"/>" + near, "MX-107"),
        ("entity in a reference", '<row r="1"><c r="&#90;99999"><v>1</v></c></row>', "MX-105"),
        ("not closed", '<row r="1"><c r="A1"><v>1</v></c>', "MX-107"),
        ("unknown text", '<row r="1"><c r="A1" t="s"><v>99</v></c></row>', IN),
        ("value outside of a cell", "<row><!-- --><v>1</v><f>1</f></row>", IN),
        ("not a number", '<row r="1"><c r="A1"><v>NaN</v></c></row>', IN),
    ):
        yield name, cells(rows), expect
    for encoding in ("utf-16", "cp874", "latin-1", "utf-8-sig"):
        text = sheet(near).replace("UTF-8", encoding.removesuffix("-sig"))
        expect = IN if encoding == "utf-8-sig" else "MX-107"
        yield f"sheet in {encoding}", workbook(sheet1=text.encode(encoding)), expect
    yield "not UTF-8", workbook(sheet1=sheet(near).encode() + b"<!-- \xff -->"), "MX-107"
    yield "unknown encoding", workbook(sheet1=sheet(near).replace("UTF-8", "klingon")), "MX-107"
    yield (
        "sheet hidden as a picture",
        zipped(
            parts(relations=relations(("r1", "worksheet", "media/a.png")))
            | {"xl/media/a.png": "junk" + sheet(near)}
        ),
        "MX-107",
    )


def _odd_workbooks() -> _Samples:
    one = '<sheet name="S" r:id="r1"/>'
    yield "no sheets", workbook(book=workbook_xml("")), "MX-107"
    yield "the same title twice", workbook(book=workbook_xml(one * 2)), "MX-107"
    yield (
        "the same part under many titles",
        workbook(book=workbook_xml("".join(f'<sheet name="S{n}" r:id="r1"/>' for n in range(30)))),
        "MX-107",
    )
    yield "no title", workbook(book=workbook_xml('<sheet r:id="r1"/>')), "MX-107"
    yield (
        "chart sheet",
        workbook(relations=relations(("r1", "chartsheet", "worksheets/sheet1.xml"))),
        IN,
    )
    for target in ("/xl/worksheets/sheet1.xml", "../xl/worksheets/sheet1.xml"):
        yield target, workbook(relations=relations(("r1", "worksheet", target))), IN
    for target in ("../../../etc/passwd", "http://example.org/a", "", "worksheets"):
        yield target, workbook(relations=relations(("r1", "worksheet", target))), "MX-107"
    names = "".join(f'<definedName name="n{n}">S!$A$1</definedName>' for n in range(50_000))
    book = workbook_xml(after=f"<definedNames>{names}</definedNames>")
    yield "many names", workbook(book=book), IN
    merged = '<mergeCell ref="A1:XFD1048576"/>' * 20_000
    yield "many merged areas", cells("", after=f"<mergeCells>{merged}</mergeCells>"), IN


def _open_documents() -> _Samples:
    one, blank = ods_cell(), ""
    yield (
        "ordinary",
        open_document(ods_row(one) + ods_row(ods_cell(blank, 16_384), repeated=1_048_575)),
        IN,
    )
    yield "encrypted", open_document(ods_row(one), manifest="<encryption-data/>"), "MX-103"
    yield "not closed", open_document("", '<table:table table:name="S">'), "MX-107"
    for many in (301, 16_384, 4_000_000_000):
        yield f"{many} columns", open_document(ods_row(ods_cell(repeated=many))), "MX-105"
        hole = open_document(ods_row(ods_cell(blank, many), one))
        yield f"behind {many} columns", hole, "MX-105"
    for many in (5001, 1_048_576, 4_000_000_000):
        yield f"{many} rows", open_document(ods_row(one, repeated=many)), "MX-105"
        gap = ods_row(one) + ods_row(ods_cell(blank), repeated=many) + ods_row(one)
        yield f"behind {many} rows", open_document(gap), "MX-105"
    blanks = ods_row(one, ods_cell(blank, 16_382), ods_cell(blank))
    yield "blank cells before a blank cell", open_document(blanks * 400), "MX-104"
    yield "some of them", open_document(blanks * 200), IN
    for count in ("3000000000", "-1", "x"):
        spaces = ods_text(f'<text:s text:c="{count}"/>')
        refused = "MX-104" if count[0] == "3" else "MX-107"
        yield f"{count} spaces", open_document(ods_row(spaces)), refused
    yield (
        "repeated text",
        open_document(ods_row(ods_text("x" * 900_000, 30), repeated=10)),
        "MX-104",
    )
    for count in ("0", "-1", "x", "9" * 30):
        rows = ods_row(one).replace('repeated="1"', f'repeated="{count}"', 1)
        yield f"repeated {count[:5]} times", open_document(rows), "MX-107"
    inner = f'<table:table table:name="T">{ods_row(one)}</table:table>'
    yield "table in a cell", open_document(ods_row(ods_text(inner))), "MX-107"
