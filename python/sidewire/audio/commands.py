# SPDX-License-Identifier: ISC
"""The commands of deployed audio servers, what these answer, and what their users may do."""

import ctypes
from enum import IntEnum, IntFlag
from typing import Union

from .._library import lib
from .._structs import sw_command_table, sw_error
from ..commands import Command, CommandTable
from ..errors import check

_MOST_ANY = 0xffff
_PERMISSIONS_TEXT_SIZE = 4

#: What these servers send on Band.ERROR_LOG, with a LF behind it; all else is told by command_refusal.
MESSAGE_NO_AUDIO_FILE = b'no audio file'
MESSAGE_SENDER_COMMAND = b'command not supported by this sender'
MESSAGE_FILE_TOO_LARGE = b'file too large'


class Permission(IntFlag):
    """What a user may do: AFS is the audio file selector, VSS the virtual streaming system, which plays."""
    AFS_READ = 1
    AFS_WRITE = 2
    VSS_READ = 4
    VSS_WRITE = 8


class AudioCommand(IntEnum):
    """The id of each of COMMANDS, which is its place there, too."""
    HELP = 0
    SI = 1
    VERSION = 2
    STAT = 3
    SENDER = 4
    PLAY = 5
    STOP = 6
    PAUSE = 7
    NEXT = 8
    NOMORE = 9
    FF = 10
    JMP = 11
    HUP = 12
    TERM = 13
    ADD = 14
    ADDATT = 15
    ADDIMG = 16
    ADDLYR = 17
    ADDMOOD = 18
    ADDPL = 19
    CATIMG = 20
    CATLYR = 21
    CATMOOD = 22
    CATPL = 23
    CHECK = 24
    CPSI = 25
    INIT = 26
    LS = 27
    LSATT = 28
    LSIMG = 29
    LSLYR = 30
    LSMOOD = 31
    LSPL = 32
    MVATT = 33
    MVIMG = 34
    MVLYR = 35
    MVMOOD = 36
    MVPL = 37
    RM = 38
    RMATT = 39
    RMIMG = 40
    RMLYR = 41
    RMMOOD = 42
    RMPL = 43
    SELECT = 44
    SETATT = 45
    TOUCH = 46


def _id_of(number: int) -> int:
    """A newer library may have more."""
    return AudioCommand(number) if number in AudioCommand._value2member_map_ else number


def _read_commands() -> CommandTable:
    table = lib.table(sw_command_table, 'sw_audio_commands')
    return CommandTable(
        Command(row.name.decode(), _id_of(row.id), Permission(row.permissions), row.least,
                None if row.most == _MOST_ANY else row.most, bool(row.takes_data), row.group.decode(), row.usage.decode(),
                row.description.decode(), row.help.decode())
        for row in table.commands[:table.count])


#: All of them: first those of the group 'server', then those of 'afs'. A server that has some of them makes a table of
#: those.
COMMANDS = _read_commands()


def format_permissions(permissions: Permission) -> str:
    """As four characters, as `help` shows them: one of aAvV or - each."""
    out = ctypes.create_string_buffer(_PERMISSIONS_TEXT_SIZE + 1)
    lib.sw_permissions_format(int(permissions), out)
    return out.value.decode()


def parse_permissions(text: Union[str, bytes]) -> Permission:
    """From a list of names, as a list of users has them: AFS_READ,VSS_READ."""
    raw, permissions, error = text.encode() if isinstance(text, str) else text, ctypes.c_uint(), sw_error()
    check(lib.sw_permissions_parse_names(raw, len(raw), permissions, error), error)
    return Permission(permissions.value)
