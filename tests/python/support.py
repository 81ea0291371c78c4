# SPDX-License-Identifier: ISC
"""What the tests of the Python package share: recorded sessions of an independent implementation, and backends whose
random bytes are those of a recording."""

import base64
import ctypes
import os
import pathlib

import sidewire
from sidewire._structs import RANDOM_FUNCTION, sw_crypto

ROOT = pathlib.Path(os.environ['SIDEWIRE_SOURCE_ROOT'])
VECTORS = ROOT / 'tests' / 'vectors'
DECRYPT_FUNCTION = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p,
                                    ctypes.c_size_t, ctypes.POINTER(ctypes.c_size_t))
FEATURES = {'sideband': sidewire.Feature.SIDEBAND, 'aes_ctr128': sidewire.Feature.AES_CTR128,
            'sha256': sidewire.Feature.SHA256, 'noise_nx_25519_aesgcm_sha256': sidewire.Feature.NOISE_AESGCM,
            'noise_nx_25519_chachapoly_sha256': sidewire.Feature.NOISE_CHACHAPOLY}


def features_of(text):
    features = sidewire.Feature(0)
    for name in text.split(',') if text != '-' else []:
        features |= FEATURES[name]
    return features


class Recording:
    """A block of a file of vectors: its words as attributes, `arguments`, and `replies` as (band, body)."""

    def __init__(self):
        self.arguments, self.replies = [], []

    def add(self, word, value):
        if word == 'argument':
            self.arguments.append(bytes_of(value))
        elif word == 'reply':
            band, body = value.split(' ')
            self.replies.append((int(band), bytes_of(body)))
        else:
            setattr(self, word, value)

    def bytes(self, word):
        return bytes_of(getattr(self, word))


def bytes_of(text):
    return b'' if text == '-' else bytes.fromhex(text)


def recordings(name):
    found = []
    for line in (VECTORS / name).read_text(encoding='ascii').splitlines():
        word, _, value = line.partition(' ')
        if word == 'name':
            found.append(Recording())
        if word and word != '#':
            found[-1].add(word, value)
    return found


def pem(title, der):
    text = base64.b64encode(der).decode()
    lines = [text[at:at + 64] for at in range(0, len(text), 64)]
    return '\n'.join([f'-----BEGIN {title}-----', *lines, f'-----END {title}-----', ''])


def key_pair(name):
    """(private, public) of keys.txt. The file has Ed25519 seeds bare, so these are wrapped as PKCS#8."""
    key = next(key for key in recordings('keys.txt') if key.name == name)
    private = key.bytes('private')
    if len(private) == 32:
        text = pem('PRIVATE KEY', bytes.fromhex('302e020100300506032b657004220420') + private)
    else:
        text = pem('RSA PRIVATE KEY', private)
    return sidewire.PrivateKey(bytearray(text.encode())), sidewire.PublicKey(key.public)


def server_key(secret):
    return sidewire.ServerKey(pem('PRIVATE KEY', bytes.fromhex('302e020100300506032b656e04220420') + secret))


class ReplayingCrypto:
    """The usual backend, but for its random bytes; private operations of RSA are done once each."""

    decrypted = {}

    def __init__(self, *pieces):
        self.left = b''.join(pieces)
        self.real = sidewire.Crypto.shared()
        self.copy = sw_crypto.from_buffer_copy(self.real.table.contents)
        self.functions = RANDOM_FUNCTION(self._draw), DECRYPT_FUNCTION(self._decrypt)
        self.copy.random = self.functions[0]
        self.copy.oaep_decrypt = ctypes.cast(self.functions[1], ctypes.c_void_p)
        self.table = ctypes.pointer(self.copy)

    def _draw(self, _, out, size):
        if size > len(self.left):
            return -1
        ctypes.memmove(out, self.left, size)
        self.left = self.left[size:]
        return 0

    def _decrypt(self, table, key, block, out, cap, size):
        text = ctypes.string_at(block, 256)
        if text not in self.decrypted:
            real = DECRYPT_FUNCTION(self.real.table.contents.oaep_decrypt)
            if real(table, key, block, out, cap, size) != 0:
                return 1
            self.decrypted[text] = ctypes.string_at(out, size[0])
        plain = self.decrypted[text]
        ctypes.memmove(out, plain, len(plain))
        size[0] = len(plain)
        return 0


def cuts(stream, places):
    """The stream in pieces, cut at these places."""
    ends = sorted({place for place in places if 0 < place < len(stream)}) + [len(stream)]
    return [stream[start:end] for start, end in zip([0] + ends, ends)]
