# SPDX-License-Identifier: ISC
"""Status items, as `stat` sends them: names and values, in a form for people or one for programs."""

import ctypes
from enum import IntEnum
from typing import Iterable, Iterator, NamedTuple, Optional, Union

from .._library import lib
from .._structs import sw_error, sw_status_item, sw_status_reader, sw_status_slice, sw_status_table
from ..commands import unsigned
from ..constants import ErrorCode
from ..errors import PeerError, check

#: Bytes of a value that is written, in either form.
VALUE_MAX = 0xffff - 4
_LINE_MAX = VALUE_MAX + 64


class StatusForm(IntEnum):
    """How they are written."""
    #: NAME: VALUE
    HUMAN = 0
    #: LLLL II:VALUE
    PARSER = 1


class StatusItem(NamedTuple):
    """One of a table."""
    number: int
    name: str


class StatusTable:
    """Which items there are, in the order in which a server sends them."""

    def __init__(self, items: Iterable[StatusItem]) -> None:
        """CallerError CONFIG: a name that is none, a name or a number twice."""
        self._items = tuple(items)
        self._rows = (sw_status_item * len(self._items))(
            *[sw_status_item(unsigned(item.name, item.number, 8), item.name.encode()) for item in self._items])
        self.struct, error = sw_status_table(self._rows, len(self._items)), sw_error()
        check(lib.sw_status_table_check(self.struct, error), error)

    def __iter__(self) -> Iterator[StatusItem]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def write(self, name: str, value: Union[str, bytes], form: StatusForm = StatusForm.PARSER) -> bytes:
        """One item, with its LF. KeyError: not in this table. CallerError STATUS_LINE: the form for people cannot tell a
        LF in a value from its end."""
        for row, item in zip(self._rows, self._items):
            if item.name == name:
                raw, size, error = value.encode() if isinstance(value, str) else value, ctypes.c_size_t(), sw_error()
                out = (ctypes.c_uint8 * (min(len(raw), VALUE_MAX) + _LINE_MAX - VALUE_MAX))()
                check(lib.sw_status_write(form, row, raw, len(raw), out, len(out), size, error), error)
                return bytes(out)[:size.value]
        raise KeyError(name)


def _read_items() -> StatusTable:
    table = lib.table(sw_status_table, 'sw_status_items')
    return StatusTable(StatusItem(row.number, row.name.decode()) for row in table.items[:table.count])


#: All names in their order. The numbers are sidewire's own: those of deployed servers are not known.
STATUS_ITEMS = _read_items()


class StatusSlice(NamedTuple):
    """A part of one item's value; the last one comes with the LF."""
    #: None: of a number that was read without a table.
    name: Optional[str]
    #: -1: read in the form for people, without a table.
    number: int
    last: bool
    #: Of the whole value; for people, of what came of it.
    size: int
    offset: int
    data: bytes


class StatusValue(NamedTuple):
    """One item."""
    name: Optional[str]
    number: int
    value: bytes


class StatusReader:
    """Reads what `stat` sends, in any pieces:

        reader.receive_data(event.data)          each piece on Band.OUTPUT
        for item in reader.items():
            ...
        reader.end()                             at the end of the output

    table: which items are known, any other is an error; None: all are told as they come. An Error stays. value_max:
    bytes of the largest value that items() collects, above it is a PeerError STATUS_SIZE; slices() has no limit."""

    def __init__(self, form: StatusForm = StatusForm.PARSER, table: Optional[StatusTable] = STATUS_ITEMS,
                 value_max: int = VALUE_MAX) -> None:
        self._struct = sw_status_reader()
        self._table = table
        self._waiting = bytearray()
        self._value = bytearray()
        self._value_max = value_max
        check(lib.sw_status_reader_init(self._struct, form, None if table is None else table.struct))

    def receive_data(self, data: Union[bytes, bytearray, memoryview]) -> None:
        """More of the output came."""
        self._waiting += data

    def slices(self) -> Iterator[StatusSlice]:
        """What came, as it came; or take items() instead."""
        while (piece := self._next()) is not None:
            yield piece

    def _next(self) -> Optional[StatusSlice]:
        used, piece, size = ctypes.c_size_t(), sw_status_slice(), len(self._waiting)
        data = (ctypes.c_uint8 * size).from_buffer(self._waiting) if size else (ctypes.c_uint8 * 1)()
        result = lib.sw_status_reader_next(self._struct, data, size, used, piece)
        value = ctypes.string_at(piece.data, piece.len) if result == 1 and piece.len else b''
        del data  # so that its bytes may go
        del self._waiting[:used.value]
        if check(result, lib.sw_status_reader_error(self._struct)) == 0:
            return None
        return StatusSlice(None if piece.name is None else piece.name.decode('ascii', 'backslashreplace'), piece.number,
                           bool(piece.last), piece.size, piece.offset, value)

    def items(self) -> Iterator[StatusValue]:
        """Items that are whole."""
        for piece in self.slices():
            size = len(self._value) + len(piece.data)
            if size > self._value_max:
                raise PeerError(ErrorCode.STATUS_SIZE, size, self._value_max)
            self._value += piece.data
            if piece.last:
                value, self._value = bytes(self._value), bytearray()
                yield StatusValue(piece.name, piece.number, value)

    def end(self) -> None:
        """The output is over. PeerError STATUS_TRUNCATED within an item."""
        check(lib.sw_status_reader_end(self._struct), lib.sw_status_reader_error(self._struct))
