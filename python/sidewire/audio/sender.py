# SPDX-License-Identifier: ISC
"""The command `sender`: who may listen to a server's stream, and where it is sent."""

import ipaddress
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Any, Iterable, Iterator, List, NamedTuple, Optional

from .._library import lib
from .._structs import (sw_argument, sw_error, sw_network, sw_sender, sw_sender_arguments, sw_sender_table, sw_target)
from ..commands import Arguments, bytes_of, unsigned, vector_of
from ..constants import ErrorCode
from ..errors import Error, PeerError, error_of
from .arguments import format_struct


class SenderAbility(IntFlag):
    """What a sender can do beside on, off and help."""
    #: allow, deny
    ACCESS = 1
    #: add, delete
    TARGETS = 2
    #: its targets may carry numbers of slices
    SLICES = 4


class SenderSubcommand(IntEnum):
    """What is to be done."""
    #: `sender` alone: list the names
    LIST = 0
    ON = 1
    OFF = 2
    ALLOW = 3
    DENY = 4
    ADD = 5
    DELETE = 6
    HELP = 7


class Sender(NamedTuple):
    """One way of streaming."""
    name: str
    abilities: SenderAbility


class SenderTable:
    """The senders of a server."""

    def __init__(self, senders: Iterable[Sender]) -> None:
        self._senders = tuple(senders)
        self._rows = (sw_sender * len(self._senders))(
            *[sw_sender(sender.name.encode(), int(sender.abilities)) for sender in self._senders])
        self.struct = sw_sender_table(self._rows, len(self._senders))

    def __iter__(self) -> Iterator[Sender]:
        return iter(self._senders)

    def __len__(self) -> int:
        return len(self._senders)


def _read_senders() -> SenderTable:
    table = lib.table(sw_sender_table, 'sw_senders')
    return SenderTable(Sender(row.name.decode(), SenderAbility(row.abilities)) for row in table.senders[:table.count])


#: http, dccp and udp, as deployed servers have them.
SENDERS = _read_senders()


class Target(NamedTuple):
    """HOST[:PORT][/MAX_SLICE_BYTES:DATA_SLICES:SLICES]"""
    #: A name, an IPv4 address, or an IPv6 address without its brackets.
    host: bytes
    #: 0: left out.
    port: int = 0
    #: slices 0: all three left out.
    max_slice_bytes: int = 0
    data_slices: int = 0
    slices: int = 0


class SenderError(PeerError):
    """What is wrong with a `sender` command. Its sender is set if the answer is that sender's help text, and success;
    None: it fails as other commands do, with MESSAGE_SENDER_COMMAND if the code is SENDER_COMMAND."""

    def __init__(self, code: int, value: int, limit: int, sender: Optional[Sender]) -> None:
        super().__init__(code, value, limit)
        self.sender = sender


@dataclass(frozen=True)
class SenderArguments:
    """sender [SENDER SUBCOMMAND [ARG]]"""
    subcommand: SenderSubcommand = SenderSubcommand.LIST
    #: None with LIST.
    sender: Optional[Sender] = None
    #: Of allow and deny; bits behind the network's are kept.
    network: Optional[ipaddress.IPv4Interface] = None
    #: Of add and delete.
    target: Optional[Target] = None

    @classmethod
    def parse(cls, arguments: Arguments, senders: SenderTable = SENDERS) -> 'SenderArguments':
        """From a command. SenderError."""
        vector, error, struct = vector_of(arguments), sw_error(), sw_sender_arguments()
        result = lib.sw_sender_parse(senders.struct, vector, len(vector), struct, error)
        sender = _sender_of(struct.sender)
        if result < 0:
            raise _error_of(result, error, sender)
        subcommand = SenderSubcommand(struct.subcommand)
        return cls(subcommand, sender, _network_of(struct.network) if subcommand in _ACCESS else None,
                   _target_of(struct.target) if subcommand in _TARGETS else None)

    def format(self) -> List[bytes]:
        """As a command. CallerError VALUE (value: the argument's index): what a server would refuse."""
        struct = sw_sender_arguments(subcommand=int(self.subcommand))
        if self.sender is not None:
            struct.sender = type(struct.sender)(sw_sender(self.sender.name.encode(), int(self.sender.abilities)))
        if self.network is not None:
            struct.network = sw_network(tuple(self.network.ip.packed), self.network.network.prefixlen)
        if self.target is not None:
            target = self.target
            struct.target = sw_target(sw_argument(target.host, len(target.host)), unsigned('port', target.port, 16),
                                      unsigned('max_slice_bytes', target.max_slice_bytes, 16),
                                      unsigned('data_slices', target.data_slices, 8),
                                      unsigned('slices', target.slices, 8))
        return format_struct(lib.sw_sender_format, struct)


_ACCESS = (SenderSubcommand.ALLOW, SenderSubcommand.DENY)
_TARGETS = (SenderSubcommand.ADD, SenderSubcommand.DELETE)


def _error_of(code: int, error: sw_error, sender: Optional[Sender]) -> Error:
    made = error_of(code, error)
    if not isinstance(made, PeerError):
        return made
    return SenderError(code, made.value, made.limit, None if code == ErrorCode.SENDER_COMMAND else sender)


def _sender_of(place: Any) -> Optional[Sender]:
    return Sender(place.contents.name.decode(), SenderAbility(place.contents.abilities)) if place else None


def _network_of(struct: Any) -> ipaddress.IPv4Interface:
    return ipaddress.IPv4Interface((bytes(struct.address), struct.bits))


def _target_of(struct: Any) -> Target:
    return Target(bytes_of(struct.host), struct.port, struct.max_slice_bytes, struct.data_slices, struct.slices)
