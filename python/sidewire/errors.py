# SPDX-License-Identifier: ISC
"""Errors of the library as exceptions, with its texts."""

import ctypes
from typing import Optional, Type, Union

from ._library import lib
from ._structs import sw_error
from .constants import ErrorCode

_TEXT_MAX = 512
_AUTHENTICATION = (ErrorCode.CHALLENGE, ErrorCode.AUTH, ErrorCode.AUTH_REFUSED, ErrorCode.USER_REFUSED)
_KEY_FILES = range(ErrorCode.KEY_NOT_X25519, ErrorCode.KEY_FORMAT + 1)


class Error(Exception):
    """What went wrong. Its text is the library's, with the values that explain it."""

    def __init__(self, code: int, value: int = 0, limit: int = 0) -> None:
        super().__init__(_text_of(code, value, limit))
        #: One of ErrorCode; a plain number if this package does not know it.
        self.code: Union[ErrorCode, int] = ErrorCode(code) if code in ErrorCode._value2member_map_ else code
        #: What was seen, and what would have been right; 0 where there is nothing of the kind.
        self.value, self.limit = value, limit


class PeerError(Error):
    """The peer did it. A server counts this as everyday; the connection is to be closed without a word."""


class AuthenticationError(PeerError):
    """The user, the key or the response is not the right one, or the server says so."""


class CallerError(Error):
    """A call at the wrong time, or something in what was handed in."""


class KeyFileError(CallerError):
    """A key file that cannot be used."""


class BackendError(Error):
    """The crypto library failed."""


def _text_of(code: int, value: int, limit: int) -> str:
    text = ctypes.create_string_buffer(_TEXT_MAX)
    lib.sw_audio_error_format(sw_error(code, value, limit), text, _TEXT_MAX)
    return text.value.decode()


def _class_of(code: int) -> Type[Error]:
    if code in _AUTHENTICATION:
        return AuthenticationError
    if -200 < code <= -100 or -450 < code <= -400:
        return PeerError
    if code in _KEY_FILES:
        return KeyFileError
    return BackendError if -400 < code <= -300 else CallerError


def error_of(code: int, error: Optional[sw_error] = None) -> Error:
    """The exception for a code, with the values that belong to it."""
    if error is not None and error.code == code:
        return _class_of(code)(code, error.value, error.limit)
    return _class_of(code)(code)


def check(result: int, error: Optional[sw_error] = None) -> int:
    """Raises what a negative result means; gives back any other."""
    if result < 0:
        raise error_of(result, error)
    return result
