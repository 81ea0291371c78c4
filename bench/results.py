# SPDX-License-Identifier: ISC
"""Results of the bench programs: lines of fields separated by tabs, see timing.h."""

from dataclasses import dataclass

from targets import TARGETS

DOCUMENT = 'docs/performance.md'
BEGIN, END = '<!-- begin of what script/bench --document writes{} -->\n', '<!-- end of it -->\n'


class Failure(Exception):
    """Something could not be measured, or did not do its work."""


@dataclass
class Row:
    key: str
    what: str
    unit: str
    ours: float
    neighbour: str = ''
    theirs: float | None = None
    ratio: float | None = None  # above 1: ours is better

    @property
    def target(self):
        return TARGETS.get(self.key)

    @property
    def reached(self):
        """None: there is no target."""
        return self.target.reached(self) if self.target else None


def parse_row(line):
    key, what, unit, ours, neighbour, theirs, ratio = line.split('\t')
    return Row(key, what, unit, float(ours), neighbour, float(theirs) if theirs else None,
               float(ratio) if ratio else None)


def number(value, unit):
    """Three digits that count, and thousands as they are written."""
    if value is None:
        return ''
    digits = f'{value:,.0f}' if value >= 100 else f'{value:.3g}'
    return f'{digits} {unit}'


def as_cells(row):
    reached = {None: '', True: 'reached', False: 'NOT reached'}[row.reached]
    return [row.what, number(row.ours, row.unit), row.neighbour, number(row.theirs, row.unit),
            '' if row.ratio is None else f'{row.ratio:.2f}', str(row.target or ''), reached]


HEADINGS = ['what', 'sidewire', 'neighbour', '', 'ratio', 'target', '']


def as_text(rows):
    table = [HEADINGS] + [as_cells(row) for row in rows]
    widths = [max(len(cells[i]) for cells in table) for i in range(len(HEADINGS))]
    lines = ['  '.join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip()
             for cells in table]
    return '\n'.join([lines[0], '-' * max(map(len, lines))] + lines[1:])


def as_markdown(rows):
    table = [HEADINGS, ['---'] * len(HEADINGS)] + [as_cells(row) for row in rows]
    return '\n'.join('| ' + ' | '.join(cells) + ' |' for cells in table)


def as_object(row):
    result = {'key': row.key, 'what': row.what, 'unit': row.unit, 'ours': row.ours}
    if row.neighbour:
        result |= {'neighbour': row.neighbour, 'theirs': row.theirs, 'ratio': row.ratio}
    if row.target:
        result |= {'target': str(row.target), 'reached': row.reached}
    return result


def put_into_document(text, part=''):
    """Between the marks of that part."""
    begin = BEGIN.format(part)
    with open(DOCUMENT, encoding='utf-8') as file:
        before, rest = file.read().split(begin)
    _, after = rest.split(END, 1)
    with open(DOCUMENT, 'w', encoding='utf-8') as file:
        file.write(f'{before}{begin}\n{text}\n\n{END}{after}')
