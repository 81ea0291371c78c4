# SPDX-License-Identifier: ISC
"""A passive observer of one connection: what happens in a session of others."""

import ctypes
import weakref
from collections import deque
from dataclasses import dataclass
from typing import Any, Deque, Iterator, Optional, Tuple, Union

from ._library import lib
from ._structs import sw_observer, sw_observer_event, sw_observer_input, sw_ssh_proof
from .constants import Band, Feature, Observed, Side, Verdict, Wait
from .crypto import Crypto
from .errors import Error, check, error_of
from .keys import PrivateKey
from .secrets import Secrets

#: Bytes of each end that are kept while they wait; plenty.
KEEP = 68 << 10


@dataclass(frozen=True)
class ObserverEvent:
    """What was seen; <sidewire/observed.h> says of each kind which fields it has. A message comes in one event or in
    several, `first` to `last`."""
    kind: Observed
    side: Side
    #: Place of the data in what this end sent, of the hole, or of the header; and where the message begins.
    at: int
    message_at: int
    data: bytes
    #: How many bytes this is about; data is empty where they could not be decrypted.
    length: int
    #: Of a message: bytes of its body, and where the data lies in that.
    size: int
    offset: int
    band: Union[Band, int]
    first: bool
    last: bool
    in_message: bool
    sure: bool
    opened: bool
    rekeyed: bool
    verdict: Verdict
    missing: int
    number: int
    #: REQUEST: who, unless the session is sealed, and what was asked for.
    user: bytes
    features: Feature
    error: Optional[Error]


class _Piece:
    """Bytes that follow each other, and how many are missing behind them."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.missing = 0


def _wipe(observer: sw_observer, _crypto: Crypto) -> None:
    lib.sw_observer_wipe(observer)


class Observer:
    """Tells from the bytes of both ends what happens between them. Ends are 0 and 1, whichever is which.

        observer.receive_data(end, data)        in the order in which they were seen
        for event in observer.events():
            ...                                 answer a CHALLENGE or NOISE by open(), if the keys are known

    What waits for more, for the other end or for keys is kept, up to `keep` bytes of each end."""

    def __init__(self, crypto: Optional[Crypto] = None, keep: int = KEEP) -> None:
        self._crypto = crypto or Crypto.shared()
        self._struct = sw_observer()
        self._pieces: Tuple[Deque[_Piece], Deque[_Piece]] = (deque([_Piece()]), deque([_Piece()]))
        self._ended = [False, False]
        self._keep = keep
        lib.sw_observer_init(self._struct, self._crypto.table)
        self._finalizer = weakref.finalize(self, _wipe, self._struct, self._crypto)

    # ---- what was captured ----

    def receive_data(self, end: int, data: Union[bytes, bytearray, memoryview]) -> None:
        """An end sent this."""
        piece = self._pieces[end][-1]
        if piece.missing:
            piece = _Piece()
            self._pieces[end].append(piece)
        piece.data += data

    def lose_data(self, end: int, count: int) -> None:
        """Then so many bytes that are not to be had."""
        self._pieces[end][-1].missing += count

    def end_data(self, end: int) -> None:
        """It sends nothing more."""
        self._ended[end] = True

    def believe(self, end: int, side: Side) -> None:
        """There are keys that belong to what an end began with (CANDIDATE): it is that side of a session. To be followed by
        open."""
        check(lib.sw_observer_believe(self._struct, end, side))

    def abandon(self, end: int) -> None:
        """It is not to be followed any more: all that it sends is UNDECODED."""
        lib.sw_observer_abandon(self._struct, end)

    # ---- what it tells ----

    def events(self, flush: bool = False) -> Iterator[ObserverEvent]:
        """All events that what was received leads to. flush: nothing more comes, neither bytes nor keys, so what waits is
        told as what it is."""
        end = still = 0
        while still < 2:
            event = self._next(end, flush)
            if event is None:
                end, still = 1 - end, still + 1
            else:
                still = 0
                yield event

    def _next(self, end: int, flush: bool) -> Optional[ObserverEvent]:
        pieces = self._pieces[end]
        while True:
            result = self._offer(end, flush)
            piece = pieces[0]
            if len(pieces) > 1 and not piece.data and not piece.missing:
                pieces.popleft()
            elif result is None:
                return None
            if result is not None:
                return result

    def _offer(self, end: int, flush: bool) -> Optional[ObserverEvent]:
        pieces = self._pieces[end]
        piece, event = pieces[0], sw_observer_event()
        size = len(piece.data)
        kept = sum(len(other.data) for other in pieces)
        first = ctypes.c_uint8.from_buffer(piece.data) if size else None
        given = sw_observer_input(None if first is None else ctypes.pointer(first), size, piece.missing,
                                  flush or (self._ended[end] and len(pieces) == 1), flush or kept >= self._keep)
        told = check(lib.sw_observer_next(self._struct, end, given, event))
        result = _event_of(event) if told else None
        piece.missing = given.missing
        taken = size - given.len
        del first, given
        if taken:
            del piece.data[:taken]
        return result

    # ---- keys ----

    def open(self, secrets: Secrets, block: int = 0) -> None:
        """Gives the keys of the session, at any time after the request. block: bytes of a legacy challenge, if the keys
        were found in the beginning of what its event has."""
        check(lib.sw_observer_open(self._struct, secrets.struct, block))

    def open_challenge(self, event: ObserverEvent, key: PrivateKey) -> bool:
        """Tries the user's private key on a CHALLENGE. False: it is not for this key."""
        block = 0 if self.features & Feature.SIDEBAND else key.bits // 8  # of a legacy challenge the end is not known
        try:
            secrets = Secrets.of_challenge(event.data[:block or None], key, self.features, self._crypto)
        except Error:
            return False
        self.open(secrets, block)
        return True

    # ---- questions ----

    def waits(self, end: int) -> Wait:
        """What the bytes of an end that were not taken wait for."""
        return Wait(lib.sw_observer_waits(self._struct, end))

    @property
    def is_session(self) -> Optional[bool]:
        """None: not known yet."""
        return {1: True, 0: None, -1: False}[lib.sw_observer_is_session(self._struct)]

    @property
    def client(self) -> Optional[int]:
        """Which end is the client; None: not known yet."""
        end = int(lib.sw_observer_client(self._struct))
        return end if end >= 0 else None

    @property
    def features(self) -> Feature:
        """Of the request; 0 before it."""
        return Feature(lib.sw_observer_features(self._struct))


def user_of_proof(body: bytes) -> bytes:
    """Who logs in, from the body of the CHALLENGE_RESPONSE packet of a sealed session."""
    proof = sw_ssh_proof()
    data = (ctypes.c_uint8 * len(body)).from_buffer_copy(body)
    check(lib.sw_ssh_proof_read(proof, data, len(body)))
    return ctypes.string_at(proof.user, proof.user_len)


def _event_of(event: Any) -> ObserverEvent:
    request = event.request
    number = event.band
    return ObserverEvent(
        kind=Observed(event.kind), side=Side(event.side), at=event.at, message_at=event.message_at,
        data=ctypes.string_at(event.data, event.len) if event.data and event.len else b'', length=event.len,
        size=event.size, offset=event.offset, band=Band(number) if number in Band._value2member_map_ else number,
        first=bool(event.first), last=bool(event.last), in_message=bool(event.in_message), sure=bool(event.sure),
        opened=bool(event.opened), rekeyed=bool(event.rekeyed), verdict=Verdict(event.verdict),
        missing=event.missing, number=event.number,
        user=ctypes.string_at(request.user, request.user_len) if request.user else b'',
        features=Feature(request.features),
        error=error_of(event.error.code, event.error) if event.error.code < 0 else None)
