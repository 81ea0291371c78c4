# SPDX-License-Identifier: ISC
"""Sideband packets over a socket, in the clear or under a stream cipher [protocol.md, sections 6 and 8]."""

import struct
from enum import IntEnum

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

HANDSHAKE_LIMIT = 4096
COMMAND_LIMIT = 32768


class Band(IntEnum):
    CHALLENGE = 1
    CHALLENGE_RESPONSE = 2
    PROCEED = 3
    COMMAND = 4
    AWAITING_DATA = 5
    OUTPUT = 6
    ERROR_LOG = 11
    EXIT_SUCCESS = 14
    EXIT_FAILURE = 15
    BLOB_DATA = 16


class ProtocolError(Exception):
    """The peer did what the documents do not allow, or closed the connection."""


class Wire:
    """Bytes of a connection. Under a cipher once that is set, one key stream for each direction."""

    def __init__(self, connection):
        self.connection = connection
        self.encrypt = self.decrypt = None

    def send(self, data):
        self.connection.sendall(self.encrypt.update(data) if self.encrypt else data)

    def receive_some(self, most):
        data = self.connection.recv(most)
        return self.decrypt.update(data) if self.decrypt else data

    def receive(self, size):
        data = b''
        while len(data) < size:
            more = self.receive_some(size - len(data))
            if not more:
                raise ProtocolError(f'closed after {len(data)} of {size} bytes')
            data += more
        return data

    def set_ciphers(self, outgoing, incoming):
        self.encrypt, self.decrypt = outgoing, incoming


class Rc4:
    """All of the key, nothing dropped."""

    def __init__(self, key):
        self.s, self.i, self.j = list(range(256)), 0, 0
        j = 0
        for i in range(256):
            j = (j + self.s[i] + key[i % len(key)]) % 256
            self.s[i], self.s[j] = self.s[j], self.s[i]

    def next_byte(self):
        s = self.s
        self.i = (self.i + 1) % 256
        self.j = (self.j + s[self.i]) % 256
        s[self.i], s[self.j] = s[self.j], s[self.i]
        return s[(s[self.i] + s[self.j]) % 256]

    def update(self, data):
        return bytes(byte ^ self.next_byte() for byte in data)


def aes_ctr(key):
    return Cipher(algorithms.AES(key[:16]), modes.CTR(key[16:])).encryptor()


class PacketStream:
    """Packets over anything with send(bytes) and receive(size)."""

    def __init__(self, wire):
        self.wire = wire

    def send(self, band, body=b''):
        self.wire.send(struct.pack('<IB', len(body), band) + body)

    def receive(self, limit=1 << 24):
        size, band = struct.unpack('<IB', self.wire.receive(5))
        if size > limit:
            raise ProtocolError(f'band {band}: {size} bytes')
        return band, self.wire.receive(size)

    def expect(self, band, limit=HANDSHAKE_LIMIT):
        got, body = self.receive(limit)
        if got != band:
            raise ProtocolError(f'band {got} where {band} is due')
        return body
