# SPDX-License-Identifier: ISC
"""What both sides of a session share, for who decrypts it: key logs as in docs/keylog.md."""

import ctypes
import weakref
from typing import Optional

from ._library import lib
from ._structs import sw_error, sw_secrets
from .constants import Feature
from .crypto import Crypto
from .errors import check
from .keys import PrivateKey

_PLAIN, _SEALED = 'SIDEWIRE_SESSION_KEYS', 'SEALED'


class Secrets:
    """Keys of a session: `response` is the client's in a plain one, `ephemeral` its public key in a sealed one. Wiped
    when it is not used any more."""

    def __init__(self, client_key: bytes = b'', server_key: bytes = b'', response: bytes = b'',
                 ephemeral: bytes = b'') -> None:
        self.struct = sw_secrets(response_size=len(response))
        self._finalizer = weakref.finalize(self, lib.sw_secrets_wipe, self.struct)
        for name, value in (('client_key', client_key), ('server_key', server_key), ('response', response),
                            ('ephemeral', ephemeral)):
            field = getattr(self.struct, name)
            if len(value) > len(field):
                raise ValueError(f'{name} has {len(value)} bytes, at most {len(field)} are possible')
            ctypes.memmove(field, value, len(value))

    @property
    def client_key(self) -> bytes:
        return bytes(self.struct.client_key)

    @property
    def server_key(self) -> bytes:
        return bytes(self.struct.server_key)

    @property
    def response(self) -> bytes:
        """Empty in a sealed session."""
        return bytes(self.struct.response)[:self.struct.response_size]

    @property
    def ephemeral(self) -> bytes:
        return bytes(self.struct.ephemeral)

    @property
    def line(self) -> str:
        """A line of a key log, without its LF."""
        word, name = (_PLAIN, self.response) if self.response else (_SEALED, self.ephemeral)
        return f'{word} {name.hex()} {self.client_key.hex()} {self.server_key.hex()}'

    @classmethod
    def from_line(cls, line: str) -> Optional['Secrets']:
        """From a line of a key log; None: it is another one."""
        words = line.split()
        if len(words) != 4 or words[0] not in (_PLAIN, _SEALED):
            return None
        name, client_key, server_key = (bytes.fromhex(word) for word in words[1:])
        if words[0] == _PLAIN:
            return cls(client_key, server_key, response=name)
        return cls(client_key, server_key, ephemeral=name)

    @classmethod
    def of_challenge(cls, block: bytes, key: PrivateKey, features: Feature,
                     crypto: Optional[Crypto] = None) -> 'Secrets':
        """From the body of a plain session's challenge, by the user's RSA key."""
        secrets, error = cls(), sw_error()
        check(lib.sw_challenge_open(secrets.struct, (crypto or Crypto.shared()).table,
                                    lib.sw_private_key_view(key.struct), int(features),
                                    (ctypes.c_uint8 * len(block)).from_buffer_copy(block), len(block), error), error)
        return secrets
