"""From bytes to cells: encodings, separators, quotation marks, blank rows, workbooks and damage."""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metabolism.surveys.encodings import NotText, decode
from metabolism.surveys.tables import RawTable, UnreadableFile, read_tables, sniff_delimiter
from tests.metabolism.surveys.answers import workbook

ENCODINGS = {
    "UTF-8": lambda text: text.encode("utf-8"),
    "UTF-8 with BOM": lambda text: text.encode("utf-8-sig"),
    "UTF-16 little-endian": lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
    "UTF-16 big-endian": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "UTF-16 without BOM": lambda text: text.encode("utf-16-le"),
    "Windows-1252": lambda text: text.encode("cp1252"),
    "MacRoman": lambda text: text.encode("mac_roman"),
}
ACCENTED = [
    "Déchets de béton", "Möbel", "Größe", "Énergie", "papier à recycler", "Boîte", "Straße", "Wäsche", "Sàrl", "Œuvre",
    "Noël", "château", "Kühlwasser", "Überlauf", "Gemüse", "où", "façade", "Françoise", "Ämter", "Öl", "Hôtel",
    "Käerjeng", "Diddeléng", "Lëtzebuerg", "Péiteng", "œuf", "naïve", "L’Oréal", "«béton»", "20 °C", "12 €", "DÉCHETS",
    "PREMIÈRE", "GRÖSSE", "Île", "Sàrl – Déchèterie", "dû", "forêt", "ÜBERLAUF", "Né à Esch", "März", "Fußgänger",
]  # fmt: skip


def the_table(content: bytes | str, name: str = "a.flows.csv", **options: str) -> RawTable:
    (table,) = read_tables(content.encode() if isinstance(content, str) else content, name, **options)
    return table


def rows(table: RawTable) -> list[list[object]]:
    return table.cells.to_numpy().tolist()


# --- encodings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_accents_come_through_every_encoding_and_separator(encoding: str, separator: str, end: str) -> None:
    text = separator.join(["id", "name", "Beschäftigte"]) + end + separator.join(["e1", "Käerjeng à Noël", "12"]) + end
    table = the_table(ENCODINGS[encoding](text))
    assert table.header == ["id", "name", "Beschäftigte"]
    assert rows(table) == [["e1", "Käerjeng à Noël", "12"]]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("word", ACCENTED)
def test_one_accented_word_is_enough_to_tell_the_encoding(word: str, encoding: str) -> None:
    text = f"establishment_id;name;nace\r\ne1;{word};38.21\r\n"
    assert decode(ENCODINGS[encoding](text)) == text


@given(st.lists(st.sampled_from(ACCENTED), min_size=1, max_size=30), st.sampled_from(sorted(ENCODINGS)))
def test_many_accented_words_tell_the_encoding(words: list[str], encoding: str) -> None:
    text = "name\n" + "\n".join(words)
    assert decode(ENCODINGS[encoding](text)) == text


def test_a_mapping_may_say_the_encoding() -> None:
    assert decode("Ž".encode("cp1250"), "cp1250") == "Ž"
    assert decode("\ufeffid".encode(), "utf-8") == "id", "a byte order mark is never part of the first header"
    with pytest.raises(NotText, match="ascii"):
        decode("é".encode(), "ascii")


@pytest.mark.parametrize(
    "content",
    [b"\x00\x01\x02\x03" * 50, bytes(range(256)), b"\xff\xfe\x00", b"%PDF-1.7\n\x01\x02\x03\x04\xe2\xe3\xcf\xd3"],
)
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read_tables(content, "a.flows.csv")


# --- separators and quotation marks ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("a,b\n1;2;3;4,5", ","),
        ("a;b\n1,5;2,5", ";"),
        ("a\tb\n1,5\t2", "\t"),
        ('"Name, legal";nace\nx;y', ";"),
        ("a\n\n1;2", ";"),
        ("a", ","),
        ("", ","),
    ],
)
def test_the_header_tells_the_separator(text: str, separator: str) -> None:
    assert sniff_delimiter(text) == separator


def test_a_mapping_may_say_the_separator() -> None:
    assert the_table("a|b\n1|2", delimiter="|").header == ["a", "b"]


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8) | st.sampled_from(
    ['5" pipe', '"', "a\nb", "a,b;c\td", "", " x ", "é"]
)


@given(st.lists(st.lists(cells, min_size=3, max_size=3), max_size=6), st.sampled_from([",", ";", "\t"]))
def test_what_is_quoted_as_it_should_be_is_read_back(table: list[list[str]], separator: str) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator).writerows([["id", "name", "note"], *table])
    filled = [row for row in table if any(cell.strip() for cell in row)]
    assert rows(the_table(buffer.getvalue())) == filled


def test_a_stray_quotation_mark_swallows_no_row() -> None:
    table = the_table(
        'id;name;note\ne1;"5 inch pipe;1\ne2;plain;2\ne3;"Smith; Ltd";3\ne4;12" pipe;4\ne5;"two\nlines";5\n'
    )
    assert rows(table) == [
        ["e1", "5 inch pipe", "1"],
        ["e2", "plain", "2"],
        ["e3", "Smith; Ltd", "3"],
        ["e4", '12" pipe', "4"],
        ["e5", "two\nlines", "5"],
    ]


@given(st.integers(0, 9), st.integers(0, 2))
def test_wherever_a_stray_quotation_mark_stands_no_other_row_is_lost(row: int, column: int) -> None:
    table = [[f"e{n}", f"name {n}", f"{n}"] for n in range(10)]
    torn = [list(cells) for cells in table]
    torn[row][column] = '"' + torn[row][column]
    text = "\n".join(",".join(cells) for cells in [["id", "name", "note"], *torn])
    assert rows(the_table(text)) == table


# --- rows ------------------------------------------------------------------------------------------------------------


def test_blank_rows_are_not_received_but_record_numbers_count_them() -> None:
    table = the_table("\n ; \nid;name\n\ne1;One\n;\n\u00a0;\ne2;Two\n")
    assert table.header == ["id", "name"]
    assert list(table.cells.index) == [5, 8]


def test_the_header_of_a_plain_file_is_record_1_and_a_record_may_span_lines() -> None:
    table = the_table('id,note\ne1,"a\nb"\ne2,c\n')
    assert list(table.cells.index) == [2, 3]


def test_ragged_rows_keep_all_their_cells() -> None:
    table = the_table("id,name\ne1\ne2,Two,extra,more\n")
    assert table.header == ["id", "name", "", ""]
    assert rows(table) == [["e1", "", "", ""], ["e2", "Two", "extra", "more"]]


@pytest.mark.parametrize("content", [b"", b"\n\n", b" ; ;\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_an_empty_table(content: bytes) -> None:
    table = the_table(content)
    assert table.header == []
    assert len(table.cells) == 0


def test_a_header_alone_is_a_table_without_rows() -> None:
    table = the_table("id,name\n")
    assert table.header == ["id", "name"]
    assert table.cells.shape == (0, 2)


# --- workbooks -------------------------------------------------------------------------------------------------------


def test_a_workbook_keeps_the_sheets_rows_and_the_types_of_cells() -> None:
    day = datetime.date(2025, 12, 31)
    content = workbook({"flows": [[], [None], ["id", "n", 2025], [], ["e1", 1.234, day]], "empty": []})
    table, empty = read_tables(content, "answer.XLSX")
    assert table.header == ["id", "n", "2025"]
    assert list(table.cells.index) == [5], "the sheet's own row, blank rows above it counted"
    assert rows(table) == [["e1", 1.234, day]]
    assert (empty.header, len(empty.cells)) == ([], 0)


def test_nought_and_no_are_filled_cells() -> None:
    (table,) = read_tables(workbook({"flows": [["n"], [0], [False]]}), "a.xlsx")
    assert list(table.cells.index) == [2, 3]


def test_an_opendocument_sheet_is_read_with_its_rows() -> None:
    (table,) = read_tables(opendocument([[], ["id", "name"], ["e1", "Käerjeng"]]), "a.ods")
    assert table.header == ["id", "name"]
    assert rows(table) == [["e1", "Käerjeng"]]
    assert list(table.cells.index) == [3]


def opendocument(table: list[list[str]]) -> bytes:
    def row(cells: list[str]) -> str:
        written = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
        )
        return f"<table:table-row>{written or '<table:table-cell/>'}</table:table-row>"

    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    body = f'<table:table table:name="flows">{"".join(map(row, table))}</table:table>'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:body><office:spreadsheet>'
        f"{body}</office:spreadsheet></office:body></office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return buffer.getvalue()


# --- damage ----------------------------------------------------------------------------------------------------------

WHOLE = workbook({"flows": [["establishment_id", "quantity"], ["e1", 5]]})


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.99])
def test_a_truncated_workbook_is_unreadable(share: float) -> None:
    with pytest.raises(UnreadableFile, match="damaged"):
        read_tables(WHOLE[: int(len(WHOLE) * share)], "a.xlsx")


@pytest.mark.parametrize("name", ["a.txt", "a.pdf", "a", "a.flows"])
def test_another_ending_is_not_read(name: str) -> None:
    with pytest.raises(UnreadableFile, match="are not read"):
        read_tables(b"id\n1", name)


def test_a_workbook_under_the_name_of_a_csv_is_said_so() -> None:
    with pytest.raises(UnreadableFile, match="workbook under the name"):
        read_tables(WHOLE, "a.flows.csv")


@pytest.mark.parametrize("name", ["a.xls", "a.xlsx", "a.ods"])
def test_a_text_under_the_name_of_a_workbook_is_unreadable(name: str) -> None:
    with pytest.raises(UnreadableFile):
        read_tables(b"establishment_id;quantity\ne1;5\n", name)


starts = st.sampled_from(
    [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"\xfe\xff", b'id,"', WHOLE[:400]]
)


@given(starts, st.binary(max_size=400), st.sampled_from(["a.flows.csv", "a.xlsx", "a.xls", "a.ods"]))
def test_garbage_is_a_table_or_an_unreadable_file(start: bytes, rest: bytes, name: str) -> None:
    with contextlib.suppress(UnreadableFile):
        for table in read_tables(start + rest, name):
            assert list(table.cells.columns) == list(range(len(table.header)))


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=12))
def test_a_workbook_with_flipped_bytes_is_a_table_or_an_unreadable_file(flips: list[tuple[int, int]]) -> None:
    content = bytearray(WHOLE)
    for at, byte in flips:
        content[at] = byte
    with contextlib.suppress(UnreadableFile):
        assert isinstance(read_tables(bytes(content), "a.xlsx"), list)
