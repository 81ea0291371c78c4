# SPDX-License-Identifier: ISC
"""Sessions of audio clients and servers, without I/O: a client's or a server's (Session), and those of others, watched
(Observer). What audio servers add is in sidewire.audio. By the C library libsidewire, whose headers say more."""

from ._library import VERSION, lib as _lib
from .commands import Command, CommandTable, command_refusal
from .config import ClientConfig, Policy, ServerConfig
from .constants import FEATURES_ALL, FEATURES_SEALED, Band, ErrorCode, Feature, KeyType, Observed, Side, Verdict, Wait, Want
from .crypto import Crypto, backend_names
from .errors import AuthenticationError, BackendError, CallerError, Error, KeyFileError, PeerError
from .events import (AwaitingDataEvent, ClosedEvent, CommandEvent, DataEvent, Event, ExitEvent, KeyEvent, ReadyEvent,
                     RefusedEvent, ServerKeyEvent, SignEvent)
from .keys import KeyKind, PrivateKey, PublicKey, ServerKey, ServerPublicKey, key_kinds
from .observer import Observer, ObserverEvent, user_of_proof
from .secrets import Secrets
from .session import Session

__all__ = [
    'AuthenticationError', 'AwaitingDataEvent', 'BackendError', 'Band', 'CallerError', 'ClientConfig', 'ClosedEvent', 'Command',
    'CommandEvent', 'CommandTable', 'Crypto', 'DataEvent', 'Error', 'ErrorCode', 'Event', 'ExitEvent', 'FEATURES_ALL',
    'FEATURES_SEALED', 'Feature', 'KeyEvent', 'KeyFileError', 'KeyKind', 'KeyType', 'Observed', 'Observer',
    'ObserverEvent', 'PeerError', 'Policy', 'PrivateKey', 'PublicKey', 'ReadyEvent', 'RefusedEvent', 'Secrets',
    'ServerConfig', 'ServerKey', 'ServerKeyEvent', 'ServerPublicKey', 'Session', 'Side', 'SignEvent', 'VERSION',
    'Verdict', 'Wait', 'Want', 'backend_names', 'command_refusal', 'key_kinds', 'library_version', 'user_of_proof',
]
__version__ = VERSION


def library_version() -> str:
    """Of the C library that runs."""
    return str(_lib.sw_version().decode())
