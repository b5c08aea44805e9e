"""The chapter's section on what all units of a form give together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from lxml import etree

from moral_xlsx.model.compilation import Absent, Compiled
from moral_xlsx.rules.compilation import absent_in_words, divided, effect, listed
from moral_xlsx.rules.judge.expression import cut_to_hundredths
from moral_xlsx.word.department.plain import WIDTH_MM, centre, head, left, share
from moral_xlsx.word.styles import Cell, paragraph, row, table
from moral_xlsx.wording import NOTHING, number

_WIDTHS = (60.0, 46.0, 18.0, WIDTH_MM - 124.0)
# A longer list is read in the workbook.
_MOST_LISTED = 8


def compiled_section(results: Sequence[Compiled]) -> Iterator[etree._Element]:
    """The figures in one table, then the lists; who is missing in all of them is said once."""
    absent = set.intersection(*(set(each.absent) for each in results))
    most = max(each.counted for each in results)
    said = f"รวมจาก {number(most)} หน่วยงานที่ผ่านการตรวจแล้ว"
    everywhere = [each for each in results[0].absent if each in absent]
    if everywhere:
        said += f" ยังไม่นับ {number(len(everywhere))} หน่วยงาน ({absent_in_words(everywhere)})"
    yield paragraph("Prose", said)
    figures = [each for each in results if not each.item.list]
    if figures:
        heads = ("เรื่อง", "ผลรวม", "นับแล้ว (หน่วยงาน)", "ผลของหน่วยงานที่ขาด")
        rows = [row(_WIDTHS, [head(each) for each in heads], header=True)]
        for group, items in groupby(figures, key=lambda each: each.item.group):
            if group:
                across = Cell([paragraph("Text", group, kept=True)], span=4, shaded=True)
                rows.append(row(_WIDTHS, [across], whole=True))
            for each in items:
                why = _why(each, everywhere)
                cells = [left(each.item.label), left("\n".join(_figure(each)))]
                cells += [centre(number(each.counted)), left(why)]
                rows.append(row(_WIDTHS, cells, whole=True))
        yield table(_WIDTHS, rows)
    for each in results:
        if each.item.list:
            yield from _list(each)


def _figure(each: Compiled) -> Iterator[str]:
    if not each.counted:
        yield NOTHING
    elif each.item.sum:
        yield f"{number(int(each.sums[0]))} {each.unit}".rstrip()
    elif each.item.share:
        part, whole = (number(int(value)) for value in each.sums)
        shown = NOTHING if each.share is None else number(cut_to_hundredths(each.share))
        yield f"ร้อยละ {shown}"
        yield f"({part} จาก {whole} {each.unit})".replace(" )", ")")
    else:
        counts = divided(each)
        total = sum(count for _, count in counts)
        for word, count in counts:
            shown = f"{word}: {number(count)}"
            yield f"{shown} (ร้อยละ {share(count, total)})" if total else shown


def _why(each: Compiled, everywhere: Sequence[Absent]) -> str:
    """What is missing, with the units that are missing here alone."""
    here = [one for one in each.absent if one not in everywhere]
    return f"{effect(each)} ({absent_in_words(here)})" if here else effect(each)


def _list(each: Compiled) -> Iterator[etree._Element]:
    title = " · ".join(filter(None, (each.item.group, each.item.label)))
    yield paragraph("Text", f"{title} ({number(len(each.rows))} รายการ)", kept=bool(each.rows))
    for unit, told in each.rows[:_MOST_LISTED]:
        yield paragraph("Note", f"– {number(listed(each, told))} ({unit})")
    rest = len(each.rows) - _MOST_LISTED
    if rest > 0:
        yield paragraph("Note", f"และอีก {number(rest)} รายการ ดูแผ่น “รายการรวม” ใน summary.xlsx")
