# SPDX-License-Identifier: ISC
"""A session of either role, without I/O."""

import ctypes
import weakref
from typing import Any, Dict, Iterator, List, Optional, Union

from ._library import lib
from ._structs import sw_argument, sw_command_info, sw_error, sw_event, sw_session
from .commands import Arguments, bytes_of, vector_of
from .config import ClientConfig, ServerConfig
from .constants import Band, EventType, Feature, KeyType, Want
from .crypto import Crypto
from .errors import Error, check, error_of
from .events import (AwaitingDataEvent, ClosedEvent, CommandEvent, DataEvent, Event, ExitEvent, KeyEvent, ReadyEvent,
                     RefusedEvent, ServerKeyEvent, SignEvent)
from .keys import PublicKey, ServerPublicKey
from .secrets import Secrets

_X25519_SIZE = 32
_SSHSIG_SIZE = 73
_ARGUMENTS_USUAL = 16


def _wipe(session: sw_session, _stays: Any) -> None:
    lib.sw_session_wipe(session)


class Session:
    """A client's session or a server's, as the config says. You read from the peer and hand the bytes in, take those
    out that it has for the peer, and ask for events in between:

        loop:  take events by next() until it returns None, and act on each
               write what data_to_send() gives
               read at most rx_room bytes, and hand them to receive_data(); b'' is the end of the stream
               until wants is 0, or an Error is raised: then close the connection

    An Error is final: it comes from every call from then on, and the keys are wiped. 'Not now' is no error: False or
    None. Each session is used by one thread at a time. Used with `with`, or not at all any more, it is wiped.
    """

    def __init__(self, config: Union[ClientConfig, ServerConfig], *, rx_size: int = 65536,
                 tx_size: int = 65536) -> None:
        """rx_size: bytes of the buffer for what comes; a server's commands must fit, and sealed records. tx_size: of that
        for what goes; a client's command must fit. At least 1088, or 4096 for keys above 4096 bits. 0: no buffer, one
        is lent later by lend_rx and lend_tx; without tx the handshake does not begin, and the config is not looked at."""
        self._config = config
        self._crypto = config.crypto or Crypto.shared()
        self._struct = sw_session()
        self._buffers: Dict[str, Any] = {'rx': _buffer_of(bytearray(rx_size)), 'tx': _buffer_of(bytearray(tx_size))}
        self._event = sw_event()
        self._secrets: Optional[Secrets] = None
        settings, stays = config._begin(self._crypto)
        #: what the C structs point to
        self._stays: List[Any] = [settings, stays, self._buffers, self._crypto]
        self._finalizer = weakref.finalize(self, _wipe, self._struct, self._stays)
        self._check(config._start(self._struct, settings, self._buffers['rx'], rx_size, self._buffers['tx'], tx_size))

    def __enter__(self) -> 'Session':
        return self

    def __exit__(self, *_: object) -> None:
        self.wipe()

    def wipe(self) -> None:
        """Forgets all keys. The session is of no use afterwards."""
        self._finalizer()

    def _check(self, result: int) -> int:
        return result if result >= 0 else check(result, lib.sw_session_error(self._struct))

    # ---- events ----

    def next(self) -> Optional[Event]:
        """The next event; None until bytes come or go or the application acts. Every event but KeyEvent, ServerKeyEvent
        and SignEvent comes once."""
        while True:
            kind = self._check(lib.sw_session_next(self._struct, self._event))
            if kind == EventType.NEED_MORE:
                return None
            if kind != EventType.SIGN or not self._sign_by_key():
                return self._event_of(kind)

    def events(self) -> Iterator[Event]:
        """next() until it returns None."""
        while (event := self.next()) is not None:
            yield event

    def _event_of(self, kind: int) -> Event:
        event = self._event
        if kind == EventType.DATA:
            chunk = event.chunk
            return DataEvent(_band(chunk.band), ctypes.string_at(chunk.data, chunk.len) if chunk.len else b'',
                                    chunk.size, chunk.offset)
        if kind == EventType.COMMAND:
            return self._command_event()
        if kind == EventType.KEY:
            return KeyEvent(ctypes.string_at(event.user, event.user_len),
                                   ctypes.string_at(event.key, event.key_len) if event.key else None)
        if kind == EventType.SERVER_KEY:
            return ServerKeyEvent(ServerPublicKey(ctypes.string_at(event.server_key, _X25519_SIZE)))
        if kind == EventType.SIGN:
            return SignEvent(ctypes.string_at(event.message, _SSHSIG_SIZE))
        if kind == EventType.EXIT:
            return ExitEvent(event.status)
        if kind == EventType.REFUSED:
            return RefusedEvent(error_of(event.status))
        return {EventType.READY: ReadyEvent, EventType.AWAITING_DATA: AwaitingDataEvent,
                EventType.CLOSED: ClosedEvent}[EventType(kind)]()

    def _command_event(self) -> CommandEvent:
        room, info, error = _ARGUMENTS_USUAL, sw_command_info(), sw_error()
        while True:
            arguments = (sw_argument * room)()
            result = lib.sw_session_arguments(self._struct, self._event, arguments, room, info, error)
            if info.count <= room:
                break
            room = info.count
        if result < 0:
            return CommandEvent((), error_of(result, error), lib.sw_command_refusal(result))
        return CommandEvent(tuple(map(bytes_of, arguments[:info.count])), None, b'')

    def _sign_by_key(self) -> bool:
        """Answers a SIGN event, if the config has an Ed25519 key for that."""
        key = self._config.key if isinstance(self._config, ClientConfig) else None
        if key is None or key.type != KeyType.ED25519:
            return False
        self.sign(key.sign(ctypes.string_at(self._event.message, _SSHSIG_SIZE), self._crypto))
        return True

    def defer(self, taken: int = 0) -> None:
        """Gives back the last event, or of its data what is behind the first `taken` bytes: next() returns it again.
        Before any byte is received after it."""
        self._check(lib.sw_session_defer(self._struct, taken))

    @property
    def wants(self) -> Want:
        """What the session can use now. 0: it is over, or has failed: close the connection."""
        return Want(lib.sw_session_wants(self._struct))

    # ---- bytes from the peer ----

    def rx_space(self) -> memoryview:
        """Where to read to; report it by rx_commit. It stays where it is until then. Empty while the buffer is full, and
        after the end."""
        size = ctypes.c_size_t()
        return _part(self._buffers['rx'], lib.sw_session_rx_space(self._struct, size), size.value)

    @property
    def rx_room(self) -> int:
        """How many bytes may be received now. 0: take the events first."""
        return len(self.rx_space())

    def rx_commit(self, count: int) -> None:
        """`count` bytes were read to rx_space()."""
        self._check(lib.sw_session_rx_commit(self._struct, count))

    def rx_end(self) -> None:
        """The peer closed its sending side, or the connection broke. What came before is still told."""
        self._check(lib.sw_session_rx_end(self._struct))

    def burst_end(self) -> None:
        """Server: a read got what there was, which is what ends a request. Has no effect at other times."""
        self._check(lib.sw_session_burst_end(self._struct))

    def greeting_end(self) -> None:
        """Client: no second line of the greeting will come, as a timer of yours decides: the server is a legacy one."""
        self._check(lib.sw_session_greeting_end(self._struct))

    def receive_data(self, data: Union[bytes, bytearray, memoryview]) -> None:
        """All that a read gave: rx_commit and burst_end; or, if it is empty, rx_end. ValueError if that is more than
        rx_room: nothing was taken then."""
        if len(data) == 0:
            self.rx_end()
            return
        space = self.rx_space()
        if len(data) > len(space):
            raise ValueError(f'{len(data)} bytes, room for {len(space)}')
        space[:len(data)] = data
        self.rx_commit(len(data))
        self.burst_end()

    # ---- bytes to the peer ----

    def tx_bytes(self) -> memoryview:
        """What to write, valid until the next call that sends; report it by tx_drain. Empty if there is nothing."""
        size = ctypes.c_size_t()
        return _part(self._buffers['tx'], lib.sw_session_tx_bytes(self._struct, size), size.value).toreadonly()

    def tx_drain(self, count: int) -> None:
        """`count` of these bytes were written."""
        self._check(lib.sw_session_tx_drain(self._struct, count))

    def data_to_send(self) -> bytes:
        """All that is to be written, which counts as written then. b'': nothing."""
        data = bytes(self.tx_bytes())
        if data:
            self.tx_drain(len(data))
        return data

    # ---- what the application says ----

    def key(self, key: Optional[PublicKey]) -> None:
        """Server, answer to KeyEvent: the user's key, or None for a name that is not known: the session goes on alike,
        and fails in the end, so that the peer does not learn which."""
        self._check(lib.sw_session_key(self._struct, None if key is None else key.struct))

    def accept(self, is_right: bool) -> None:
        """Sealed, client, answer to ServerKeyEvent. False raises the error that ends the session."""
        self._check(lib.sw_session_accept(self._struct, int(is_right)))

    def sign(self, signature: bytes) -> None:
        """Sealed, client, answer to SignEvent: the signature as an agent gives it, or PrivateKey.sign."""
        self._check(lib.sw_session_sign(self._struct, (ctypes.c_uint8 * len(signature)).from_buffer_copy(signature),
                                        len(signature)))

    def command(self, arguments: Arguments, upload: bool = False) -> bool:
        """Client, after ReadyEvent: its command. upload: the command takes one, which legacy mode has to know. False:
        there is no buffer for what goes, lend one."""
        vector = vector_of(arguments)
        return self._check(lib.sw_session_command(self._struct, vector, len(vector), int(upload))) == 1

    def send(self, band: Band, data: Union[bytes, bytearray, memoryview] = b'') -> Optional[int]:
        """Queues one packet, with as much of the data as there is room for, and says how much that is; what is left
        wants another packet. None: no room now, write first. Server, after CommandEvent: Band.OUTPUT and the logs, or
        Band.AWAITING_DATA once. Client, after AwaitingDataEvent: Band.BLOB_DATA, an empty one last."""
        taken = ctypes.c_size_t()
        view = memoryview(data)
        raw: Any = bytes(data) if view.readonly or not view.nbytes else (ctypes.c_char * view.nbytes).from_buffer(view)
        if not self._check(lib.sw_session_send(self._struct, band, raw, len(raw), taken)):
            return None
        return taken.value

    def exit(self, status: int) -> bool:
        """Server, after CommandEvent: the command is done. 0: success. False: no room now, write first."""
        return self._check(lib.sw_session_exit(self._struct, status)) == 1

    # ---- other buffers ----

    def lend_rx(self, buffer: Optional[Union[bytearray, memoryview]]) -> bool:
        """Lends another buffer for what comes, in the place of the one before, which is free then; None: takes that back
        alone. A session that waits needs none, so any number of sessions share one pair. False: not now, something is in
        the old one. Not between rx_space() and rx_commit(). As long as a bytearray is lent it cannot change its size."""
        return self._lend(lib.sw_session_lend_rx, 'rx', buffer)

    def lend_tx(self, buffer: Optional[Union[bytearray, memoryview]]) -> bool:
        """The same for what goes. It stays until the handshake is done; the first one begins the handshake."""
        return self._lend(lib.sw_session_lend_tx, 'tx', buffer)

    def _lend(self, function: Any, name: str, buffer: Optional[Union[bytearray, memoryview]]) -> bool:
        new = None if buffer is None else _buffer_of(buffer)
        if self._check(function(self._struct, new, 0 if new is None else len(new))) != 1:
            return False
        self._buffers[name] = new
        return True

    # ---- questions ----

    @property
    def features(self) -> Feature:
        """What was agreed on; 0 before ReadyEvent, and in legacy mode."""
        return Feature(lib.sw_session_features(self._struct))

    @property
    def is_legacy(self) -> bool:
        """In legacy mode; False also as long as that is not known."""
        return bool(lib.sw_session_is_legacy(self._struct))

    @property
    def error(self) -> Optional[Error]:
        """What ended the session, if it failed."""
        error = lib.sw_session_error(self._struct)
        return error_of(error.code, error) if error.code < 0 else None

    def log_keys(self) -> Secrets:
        """For who decrypts captures, to be called at the start: the keys are in what it returns when ReadyEvent comes,
        until the session is wiped."""
        secrets = Secrets()
        self._check(lib.sw_session_log_keys(self._struct, secrets.struct))
        self._stays.append(secrets)
        return secrets


def _buffer_of(buffer: Union[bytearray, memoryview]) -> Any:
    """As C has it, in the same memory. None if it is empty."""
    view = memoryview(buffer).cast('B')
    return (ctypes.c_uint8 * len(view)).from_buffer(view) if len(view) else None


def _part(buffer: Any, place: Any, size: int) -> memoryview:
    """`size` bytes of a buffer from a place in it."""
    if not place:
        return memoryview(bytearray())
    start = ctypes.addressof(place.contents) - ctypes.addressof(buffer)
    return memoryview(buffer).cast('B')[start:start + size]


def _band(number: int) -> Union[Band, int]:
    return Band(number) if number in Band._value2member_map_ else number
