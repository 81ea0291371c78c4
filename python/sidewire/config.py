# SPDX-License-Identifier: ISC
"""What an application says once about its side of its sessions."""

import os
from dataclasses import dataclass, field
from typing import Any, List, Optional, Sequence, Tuple, Union

from ._structs import sw_client_config, sw_key_kind, sw_policy, sw_server_config
from ._library import lib
from .constants import FEATURES_ALL, FEATURES_SEALED, Feature, KeyType
from .commands import unsigned
from .crypto import Crypto
from .keys import KeyKind, PrivateKey, PublicKey, ServerKey


@dataclass(frozen=True)
class Policy:
    """What a side agrees to. Sealed sessions are preferred where both sides can."""
    #: A server announces them, a client asks for those of them that were announced. None: all that the keys of the
    #: config are enough for. 0: legacy mode only.
    features: Optional[Feature] = None
    #: Without sideband too, in legacy mode, which knows no cipher but RC4.
    allow_legacy: bool = False
    #: RC4 under sideband, for peers without AES; and SHA-1, which they have.
    allow_rc4: bool = False
    #: SHA-1 in the handshake where the peer has no SHA-256.
    allow_sha1: bool = False
    #: Nothing but sealed sessions.
    require_sealed: bool = False

    def _struct(self, usual: Feature) -> sw_policy:
        features = usual if self.features is None else self.features
        return sw_policy(int(features), self.allow_legacy, self.allow_rc4, self.allow_sha1, self.require_sealed)


def _text(value: Union[str, bytes]) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    if b'\0' in data:
        raise ValueError('a text with a NUL')
    return data


@dataclass(frozen=True)
class ClientConfig:
    """A client. One config serves any number of sessions."""
    user: Union[str, bytes]
    #: RSA, or Ed25519 for sealed sessions only; None: public_key's owner signs.
    key: Optional[PrivateKey] = None
    #: Sealed: the key that proves the user, where an agent or the application signs, see SignEvent.
    public_key: Optional[PublicKey] = None
    policy: Policy = Policy()
    #: Sealed: the largest record that the server may send, 256 to 65535 bytes; 0: as the buffer allows.
    record_limit: int = 0
    crypto: Optional[Crypto] = None

    def _begin(self, crypto: Crypto) -> Tuple[sw_client_config, List[Any]]:
        """The struct, and what has to stay as long as that."""
        config = sw_client_config(crypto=crypto.table, user=_text(self.user),
                                  record_limit=unsigned('record_limit', self.record_limit, 16),
                                  policy=self.policy._struct(FEATURES_ALL | FEATURES_SEALED))
        public = self.public_key
        if self.key is not None and self.key.type == KeyType.RSA:
            config.key = lib.sw_private_key_view(self.key.struct)
        elif self.key is not None and public is None:
            public = self.key.public(crypto)
        if public is not None:
            config.public_key = type(config.public_key)(public.struct)
        return config, [self, public]

    def _start(self, session: Any, config: Any, *buffers: Any) -> int:
        return int(lib.sw_session_client(session, config, *buffers))


@dataclass(frozen=True)
class ServerConfig:
    """A server. One config serves any number of sessions."""
    #: What makes it seal.
    key: Optional[ServerKey] = None
    policy: Policy = Policy()
    #: First line of the greeting; None: the library's own.
    banner: Union[str, bytes, None] = None
    #: 32 random bytes, the same for the life of a server: what unknown users are told depends on them.
    decoy_secret: bytes = field(default_factory=lambda: os.urandom(32), repr=False)
    #: The kinds of keys that the users have (key_kinds makes it), one of which each unknown name seems to have.
    key_kinds: Sequence[KeyKind] = ()
    #: As that of a client, but 0: half of what the buffer allows.
    record_limit: int = 0
    crypto: Optional[Crypto] = None

    def _begin(self, crypto: Crypto) -> Tuple[sw_server_config, List[Any]]:
        """The struct, and what has to stay as long as that."""
        usual = FEATURES_ALL if self.key is None else FEATURES_ALL | FEATURES_SEALED
        kinds = (sw_key_kind * len(self.key_kinds))(*[sw_key_kind(*kind) for kind in self.key_kinds])
        config = sw_server_config(crypto=crypto.table, policy=self.policy._struct(usual),
                                  record_limit=unsigned('record_limit', self.record_limit, 16), key_kinds=kinds,
                                  key_kind_count=len(kinds))
        if len(self.decoy_secret) != len(config.decoy_secret):
            raise ValueError(f'decoy_secret has {len(self.decoy_secret)} bytes instead of {len(config.decoy_secret)}')
        config.decoy_secret[:] = self.decoy_secret
        if self.banner is not None:
            config.banner = _text(self.banner)
        if self.key is not None:
            config.server_key = type(config.server_key)(self.key.struct)
        return config, [self, kinds]

    def _start(self, session: Any, config: Any, *buffers: Any) -> int:
        return int(lib.sw_session_server(session, config, *buffers))
