# SPDX-License-Identifier: ISC
"""Values of status items: states, flags, times. Any other text is a PeerError STATUS_VALUE."""

import ctypes
from enum import IntEnum, IntFlag
from typing import NamedTuple, Union

from .._library import lib
from .._structs import sw_error, sw_status_time
from ..commands import unsigned
from ..constants import ErrorCode
from ..errors import check, error_of

_TIME_MAX = 27
_FLAGS_TEXT_SIZE = 4


class StatusState(IntEnum):
    """Value of `status`."""
    STOPPED = 0
    PAUSED = 1
    PLAYING = 2


class StatusFlag(IntFlag):
    """Value of `status_flags`."""
    PLAYING = 1
    NOMORE = 2
    NEXT = 4
    REPOS = 8


class StatusTime(NamedTuple):
    """Value of `stream_start` and `current_time`."""
    seconds: int
    microseconds: int


def _raw(text: Union[str, bytes]) -> bytes:
    return text.encode() if isinstance(text, str) else text


def format_state(state: StatusState) -> str:
    """'playing'"""
    return str(lib.sw_status_state_text(int(state)).decode())


def parse_state(text: Union[str, bytes]) -> StatusState:
    """From 'playing'."""
    raw, state, error = _raw(text), ctypes.c_uint(), sw_error()
    check(lib.sw_status_state_parse(raw, len(raw), state, error), error)
    return StatusState(state.value)


def format_flags(flags: StatusFlag) -> str:
    """'P   ': the characters PONR, blank where off."""
    out = ctypes.create_string_buffer(_FLAGS_TEXT_SIZE + 1)
    lib.sw_status_flags_format(int(flags), out)
    return out.value.decode()


def parse_flags(text: Union[str, bytes]) -> StatusFlag:
    """From 'P   '."""
    raw, flags, error = _raw(text), ctypes.c_uint(), sw_error()
    check(lib.sw_status_flags_parse(raw, len(raw), flags, error), error)
    return StatusFlag(flags.value)


def format_time(time: StatusTime, padded: bool = True) -> str:
    """'5.000042'; not padded, as deployed servers write it: '5.42'."""
    out = ctypes.create_string_buffer(_TIME_MAX)
    struct = sw_status_time(unsigned('seconds', time.seconds, 64), unsigned('microseconds', time.microseconds, 32))
    size = lib.sw_status_time_format(struct, padded, out, _TIME_MAX)
    if size == 0:
        raise error_of(ErrorCode.VALUE)
    return out.raw[:size].decode()


def parse_time(text: Union[str, bytes]) -> StatusTime:
    """From either."""
    raw, time, error = _raw(text), sw_status_time(), sw_error()
    check(lib.sw_status_time_parse(raw, len(raw), time, error), error)
    return StatusTime(time.seconds, time.microseconds)
