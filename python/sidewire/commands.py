# SPDX-License-Identifier: ISC
"""Commands that a server understands, in a table: who may run which, and with how many arguments."""

import ctypes
from dataclasses import dataclass
from typing import Any, Iterable, Iterator, Optional, Sequence, Union

from ._library import lib
from ._structs import sw_argument, sw_command, sw_command_table, sw_error
from .errors import Error, check

Arguments = Sequence[Union[str, bytes]]
_MOST_ANY = 0xffff


def unsigned(name: str, value: int, bits: int) -> int:
    """The value, if the C library can take it: ctypes would cut off what is above."""
    if not 0 <= value < 1 << bits:
        raise ValueError(f'{name}: {value} is not between 0 and {(1 << bits) - 1}')
    return value


def vector_of(arguments: Arguments) -> Any:
    """An argument vector as C has it; valid as long as the bytes of its arguments are, which it holds."""
    data = [argument.encode() if isinstance(argument, str) else bytes(argument) for argument in arguments]
    return (sw_argument * len(data))(*[sw_argument(argument, len(argument)) for argument in data])


def bytes_of(argument: sw_argument) -> bytes:
    """The bytes of an argument. The field itself would be read up to a NUL, which is not there."""
    place = ctypes.c_void_p.from_buffer(argument, sw_argument.data.offset).value
    return ctypes.string_at(place, argument.len) if place else b''


@dataclass(frozen=True)
class Command:
    """One command. What the table looks at are name, permissions and numbers of arguments."""
    name: str
    #: The caller's own.
    id: int = 0
    #: Bits that the caller gives a meaning (sidewire.audio.Permission perhaps); all of them are needed.
    permissions: int = 0
    #: Arguments behind the name; most None: any number.
    least: int = 0
    most: Optional[int] = None
    #: An upload follows the command.
    takes_data: bool = False
    #: What a list of commands puts it under; 'ff N[-]'; one line about it; some lines.
    group: str = ''
    usage: str = ''
    description: str = ''
    help: str = ''

    def _struct(self) -> sw_command:
        most = _MOST_ANY if self.most is None else unsigned(f'{self.name}: most', self.most, 16)
        if '\0' in self.name:
            raise ValueError('a name with a NUL')
        return sw_command(name=self.name.encode(), permissions=unsigned(f'{self.name}: permissions', self.permissions, 32),
                          least=unsigned(f'{self.name}: least', self.least, 16), most=most)


class CommandTable:
    """Commands by their names; of two with one name the first counts.

        table = CommandTable([Command('echo', least=1)])
        try:
            command = table.check(event.arguments, permissions)
        except sidewire.Error as error:
            ...                                  send command_refusal(error) on Band.ERROR_LOG, then exit(1)"""

    def __init__(self, commands: Iterable[Command]) -> None:
        self._commands = tuple(commands)
        self._rows = (sw_command * len(self._commands))(*[command._struct() for command in self._commands])
        self._table = sw_command_table(self._rows, len(self._commands))

    def __iter__(self) -> Iterator[Command]:
        return iter(self._commands)

    def __len__(self) -> int:
        return len(self._commands)

    def _command_at(self, place: Any) -> Command:
        """That of a row."""
        offset = ctypes.addressof(place.contents) - ctypes.addressof(self._rows)
        return self._commands[offset // ctypes.sizeof(sw_command)]

    def find(self, name: Union[str, bytes]) -> Optional[Command]:
        """The command of exactly this name."""
        raw = name.encode() if isinstance(name, str) else name
        place = lib.sw_command_find(self._table, raw, len(raw))
        return self._command_at(place) if place else None

    def check(self, arguments: Arguments, permissions: int = 0) -> Command:
        """Which command it is, if a user with these permissions may run it like that. Else a PeerError: COMMAND_UNKNOWN,
        COMMAND_DENIED or COMMAND_ARGUMENTS, looked for in this order."""
        vector, error, place = vector_of(arguments), sw_error(), ctypes.POINTER(sw_command)()
        check(lib.sw_command_check(self._table, vector, len(vector), unsigned('permissions', permissions, 32), place,
                                   None, error), error)
        return self._command_at(place)


def command_refusal(error: Error) -> bytes:
    """What a peer is told of an error about its command: a line without its LF."""
    return bytes(lib.sw_command_refusal(int(error.code)))
