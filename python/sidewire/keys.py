# SPDX-License-Identifier: ISC
"""Keys, from the files that people have: a client's private one, a user's public one, and that of a server that seals.
Texts of private keys may be given as bytearray, which is wiped."""

import ctypes
import os
import weakref
from typing import Any, Iterable, List, NamedTuple, Optional, Union

from ._library import lib
from ._structs import sw_ed25519_key, sw_error, sw_private_key, sw_public_key, sw_x25519_key
from .constants import KeyType
from .crypto import Crypto
from .errors import check

Text = Union[bytes, bytearray, str]
Path = Union[str, 'os.PathLike[str]']

_SSH_KEY_MAX = 1056
_SSH_SIGNATURE_MAX = 1044
_SERVER_KEY_FILE_SIZE = 119
_SERVER_KEY_TEXT_SIZE = 44
_FINGERPRINT_SIZE = 50
X25519_SIZE = 32
_KEY_FILE_MAX = 65536


def _read(path: Path) -> bytearray:
    """A file, with no copy left that could not be wiped."""
    text = bytearray(_KEY_FILE_MAX)
    with open(path, 'rb', buffering=0) as file:
        size = file.readinto(text)
    del text[size or 0:]
    return text


def _parse(function: Any, key: Any, text: Text, *more: Any) -> None:
    """Calls a reader of keys, and wipes the text if it can be."""
    error = sw_error()
    if isinstance(text, bytearray):
        size = len(text)
        buffer: Any = (ctypes.c_char * size).from_buffer(text) if size else b''
        try:
            check(function(key, *more, buffer, size, error), error)
        finally:
            if size:
                ctypes.memset(buffer, 0, size)
    else:
        data = text.encode() if isinstance(text, str) else text
        check(function(key, *more, data, len(data), error), error)


def _fingerprint(data: bytes, crypto: Optional[Crypto]) -> str:
    out = ctypes.create_string_buffer(_FINGERPRINT_SIZE + 1)
    table = (crypto or Crypto.shared()).table
    check(lib.sw_fingerprint(table, (ctypes.c_uint8 * len(data)).from_buffer_copy(data), len(data), out))
    return out.value.decode()


class PublicKey:
    """A user's public key: a line of OpenSSH's (`ssh-rsa ...`, `ssh-ed25519 ...`), RFC 4716, or PEM."""

    def __init__(self, text: Text) -> None:
        self.struct = sw_public_key()
        _parse(lib.sw_public_key_parse, self.struct, text)

    @classmethod
    def from_file(cls, path: Path) -> 'PublicKey':
        return cls(_read(path))

    @classmethod
    def of_private_file(cls, path: Path) -> 'PublicKey':
        """The public half in the file of a private key, also of OpenSSH's with a passphrase, for an agent that signs."""
        key = cls.__new__(cls)
        key.struct = sw_public_key()
        _parse(lib.sw_public_key_of_private_file, key.struct, _read(path))
        return key

    @property
    def type(self) -> KeyType:
        return KeyType(self.struct.type)

    @property
    def bits(self) -> int:
        """Of an RSA key's modulus."""
        return int(self.struct.bits)

    @property
    def exponent(self) -> int:
        """Of an RSA key."""
        return int.from_bytes(bytes(self.struct.e)[:self.struct.e_size], 'big')

    @property
    def blob(self) -> bytes:
        """As SSH writes it, and as a sealed session offers it (KeyEvent.key)."""
        out = (ctypes.c_uint8 * _SSH_KEY_MAX)()
        size = ctypes.c_size_t()
        check(lib.sw_ssh_key_write(self.struct, out, _SSH_KEY_MAX, size))
        return bytes(out)[:size.value]

    def is_offered(self, blob: bytes) -> bool:
        """Whether this is the key of KeyEvent.key."""
        return bool(lib.sw_ssh_key_is(self.struct, (ctypes.c_uint8 * len(blob)).from_buffer_copy(blob), len(blob)))

    def fingerprint(self, crypto: Optional[Crypto] = None) -> str:
        """`SHA256:...`, as ssh-keygen -l prints it."""
        return _fingerprint(self.blob, crypto)


class PrivateKey:
    """A private key without passphrase: PEM or OpenSSH's form, RSA or Ed25519. It is wiped when it is not used any more,
    or at once by wipe()."""

    def __init__(self, text: Text) -> None:
        self.struct = sw_private_key()
        self._finalizer = weakref.finalize(self, lib.sw_private_key_wipe, self.struct)
        _parse(lib.sw_private_key_parse, self.struct, text)

    @classmethod
    def from_file(cls, path: Path) -> 'PrivateKey':
        return cls(_read(path))

    def wipe(self) -> None:
        self._finalizer()

    @property
    def type(self) -> KeyType:
        return KeyType(self.struct.type)

    @property
    def bits(self) -> int:
        """Of an RSA key's modulus."""
        return int(self.struct.bits)

    def public(self, crypto: Optional[Crypto] = None) -> PublicKey:
        """Its public half."""
        key = PublicKey.__new__(PublicKey)
        key.struct = sw_public_key()
        check(lib.sw_private_key_public(self.struct, (crypto or Crypto.shared()).table, key.struct))
        return key

    def sign(self, message: bytes, crypto: Optional[Crypto] = None) -> bytes:
        """Signs, as an agent would: the blob that Session.sign takes."""
        table = (crypto or Crypto.shared()).table
        out = (ctypes.c_uint8 * _SSH_SIGNATURE_MAX)()
        size = ctypes.c_size_t()
        rsa = lib.sw_private_key_view(self.struct) if self.type == KeyType.RSA else None
        ed25519 = None if rsa is not None else self._ed25519(crypto)
        data = (ctypes.c_uint8 * len(message)).from_buffer_copy(message)
        check(lib.sw_ssh_sign(table, rsa, ed25519, data, len(message), out, _SSH_SIGNATURE_MAX, size))
        return bytes(out)[:size.value]

    def _ed25519(self, crypto: Optional[Crypto]) -> sw_ed25519_key:
        """With its public half, which PKCS#8 files leave out."""
        key: sw_ed25519_key = self.struct.ed25519
        if not self.struct.has_public_half:
            key.public_half = self.public(crypto).struct.ed25519
            self.struct.has_public_half = 1
        return key


class ServerPublicKey:
    """By what a client knows a server that seals. Two of one server are equal."""

    def __init__(self, data: bytes) -> None:
        if len(data) != X25519_SIZE:
            raise ValueError(f'a key of {len(data)} bytes instead of {X25519_SIZE}')
        self.data = bytes(data)

    @classmethod
    def from_text(cls, text: Text) -> 'ServerPublicKey':
        """From base64, as in files of known servers."""
        out = (ctypes.c_uint8 * X25519_SIZE)()
        raw = text.encode() if isinstance(text, str) else bytes(text)
        check(lib.sw_server_key_read(out, raw, len(raw)))
        return cls(bytes(out))

    @property
    def text(self) -> str:
        out = ctypes.create_string_buffer(_SERVER_KEY_TEXT_SIZE)
        lib.sw_server_key_text((ctypes.c_uint8 * X25519_SIZE).from_buffer_copy(self.data), out)
        return out.raw.decode()

    def fingerprint(self, crypto: Optional[Crypto] = None) -> str:
        """`SHA256:...`, for people to compare."""
        return _fingerprint(self.data, crypto)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ServerPublicKey) and other.data == self.data

    def __hash__(self) -> int:
        return hash(self.data)

    def __repr__(self) -> str:
        return f'ServerPublicKey({self.text})'


class ServerKey:
    """The key of a server that seals: the PEM of `openssl genpkey -algorithm X25519`. Wiped as a PrivateKey is."""

    def __init__(self, text: Text, crypto: Optional[Crypto] = None) -> None:
        self._begin()
        _parse(lib.sw_server_key_parse, self.struct, text, (crypto or Crypto.shared()).table)

    def _begin(self) -> None:
        self.struct = sw_x25519_key()
        self._finalizer = weakref.finalize(self, lib.sw_server_key_wipe, self.struct)

    def wipe(self) -> None:
        self._finalizer()

    @classmethod
    def from_file(cls, path: Path) -> 'ServerKey':
        return cls(_read(path))

    @classmethod
    def make(cls, crypto: Optional[Crypto] = None) -> 'ServerKey':
        """A new one."""
        key = cls.__new__(cls)
        key._begin()
        check(lib.sw_server_key_make(key.struct, (crypto or Crypto.shared()).table))
        return key

    @property
    def pem(self) -> bytes:
        """The text of its file, which is secret."""
        out = ctypes.create_string_buffer(_SERVER_KEY_FILE_SIZE)
        lib.sw_server_key_write(self.struct, out)
        return out.raw

    @property
    def public(self) -> ServerPublicKey:
        return ServerPublicKey(bytes(self.struct.public_half))


class KeyKind(NamedTuple):
    """Of what kind keys of users are, and how many of them."""
    bits: int
    exponent: int
    users: int


def key_kinds(keys: Iterable[PublicKey]) -> List[KeyKind]:
    """What ServerConfig.key_kinds wants, of the RSA keys of all users."""
    counts: 'dict[tuple[int, int], int]' = {}
    for key in keys:
        if key.type == KeyType.RSA:
            kind = (key.bits, key.exponent)
            counts[kind] = counts.get(kind, 0) + 1
    return [KeyKind(bits, exponent, users) for (bits, exponent), users in counts.items()]
