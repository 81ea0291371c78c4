# SPDX-License-Identifier: ISC
"""What a session tells its application. In which order events come, and what may be done after which, is drawn at the
head of <sidewire/session.h>. All bytes are copies, which stay."""

from dataclasses import dataclass
from typing import Optional, Tuple, Union

from .constants import Band
from .errors import Error
from .keys import ServerPublicKey


@dataclass(frozen=True)
class Event:
    """Any of them."""


@dataclass(frozen=True)
class KeyEvent(Event):
    """Server: somebody says to be `user`; answer by Session.key. Comes from every call until then."""
    user: bytes
    #: In a sealed session: the blob of the key that he offers, see PublicKey.is_offered.
    key: Optional[bytes]


@dataclass(frozen=True)
class ReadyEvent(Event):
    """The handshake is done, the user is authenticated; a client sends its command now."""


@dataclass(frozen=True)
class CommandEvent(Event):
    """Server: the client's command. If it is no command, `error` says why, and `refusal` what the peer is to be told on
    Band.ERROR_LOG, before Session.exit(1)."""
    arguments: Tuple[bytes, ...]
    error: Optional[Error]
    refusal: bytes


@dataclass(frozen=True)
class DataEvent(Event):
    """A piece of a packet. Client: output or log, by its band. Server: upload. Empty for a packet without a body, which
    is what ends an upload."""
    band: Union[Band, int]
    data: bytes
    #: Of the whole body, and where the piece lies in it. In legacy mode, where there are no packets, of the piece.
    size: int
    offset: int


@dataclass(frozen=True)
class AwaitingDataEvent(Event):
    """Client: the server wants the upload: Session.send of Band.BLOB_DATA, an empty one last."""


@dataclass(frozen=True)
class ExitEvent(Event):
    """Client: the command is done. 0: success."""
    status: int


@dataclass(frozen=True)
class ServerKeyEvent(Event):
    """Sealed, client: is this the key of the right server? Answer by Session.accept. Comes until then."""
    key: ServerPublicKey


@dataclass(frozen=True)
class SignEvent(Event):
    """Sealed, client with a public_key alone: `message` is to be signed; answer by Session.sign. Comes until then."""
    message: bytes


@dataclass(frozen=True)
class RefusedEvent(Event):
    """Sealed, server: the user is not accepted, for `reason`; the peer is being told. Go on as after an exit."""
    reason: Error


@dataclass(frozen=True)
class ClosedEvent(Event):
    """The peer sends nothing more. Comes once, last."""
