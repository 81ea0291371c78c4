# SPDX-License-Identifier: ISC
"""Typed arguments of commands, for both sides: what `format` gives is what a client sends, name included, and `parse`
reads it in a server, behind CommandTable.check. Errors are PeerErrors with the argument's index as their value."""

import ctypes
from dataclasses import dataclass
from typing import Any, List

from .._library import lib
from .._structs import (sw_argument_vector, sw_error, sw_ff_arguments, sw_jmp_arguments, sw_stat_arguments)
from ..commands import Arguments, bytes_of, unsigned, vector_of
from ..constants import ErrorCode
from ..errors import check

_ROOM_USUAL = 64


def parse_struct(function: Any, struct: Any, arguments: Arguments) -> Any:
    """The struct, read from an argument vector."""
    vector, error = vector_of(arguments), sw_error()
    check(function(vector, len(vector), struct, error), error)
    return struct


def format_struct(function: Any, struct: Any) -> List[bytes]:
    """The argument vector that a struct is written as."""
    room, error = _ROOM_USUAL, sw_error()
    while True:
        buffer = ctypes.create_string_buffer(room)
        vector = sw_argument_vector(ctypes.addressof(buffer), room)
        result = function(struct, vector, error)
        if result != ErrorCode.SPACE:
            check(result, error)
            return [bytes_of(argument) for argument in vector.argv[:vector.argc]]
        room = error.limit


@dataclass(frozen=True)
class StatArguments:
    """stat [-n=NUM] [-p]"""
    #: 0: without end.
    rounds: int = 0
    parser_friendly: bool = False

    @classmethod
    def parse(cls, arguments: Arguments) -> 'StatArguments':
        """From a command. Of an option given twice the last one counts."""
        struct = parse_struct(lib.sw_stat_parse, sw_stat_arguments(), arguments)
        return cls(struct.rounds, bool(struct.parser_friendly))

    def format(self) -> List[bytes]:
        """As a command."""
        struct = sw_stat_arguments(unsigned('rounds', self.rounds, 32), self.parser_friendly)
        return format_struct(lib.sw_stat_format, struct)


@dataclass(frozen=True)
class FfArguments:
    """ff N[-]"""
    seconds: int
    backward: bool = False

    @classmethod
    def parse(cls, arguments: Arguments) -> 'FfArguments':
        """From a command."""
        struct = parse_struct(lib.sw_ff_parse, sw_ff_arguments(), arguments)
        return cls(struct.seconds, bool(struct.backward))

    def format(self) -> List[bytes]:
        """As a command."""
        struct = sw_ff_arguments(unsigned('seconds', self.seconds, 32), self.backward)
        return format_struct(lib.sw_ff_format, struct)


@dataclass(frozen=True)
class JmpArguments:
    """jmp N"""
    #: As given; Player.jmp takes more than 100 as 100.
    percent: int

    @classmethod
    def parse(cls, arguments: Arguments) -> 'JmpArguments':
        """From a command."""
        return cls(parse_struct(lib.sw_jmp_parse, sw_jmp_arguments(), arguments).percent)

    def format(self) -> List[bytes]:
        """As a command."""
        return format_struct(lib.sw_jmp_format, sw_jmp_arguments(unsigned('percent', self.percent, 32)))
