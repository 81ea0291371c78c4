# SPDX-License-Identifier: ISC
"""Sealed sessions, both roles: Noise_NX, records, and the user's SSH signature [sealed.md]."""

import base64
import hashlib
import hmac
import struct

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from packets import Band, PacketStream, ProtocolError

SUITES = {
    'noise_nx_25519_aesgcm_sha256': (b'Noise_NX_25519_AESGCM_SHA256', AESGCM, '>Q'),
    'noise_nx_25519_chachapoly_sha256': (b'Noise_NX_25519_ChaChaPoly_SHA256', ChaCha20Poly1305, '<Q'),
}
REKEY_EVERY = 1 << 16
TAG_SIZE = 16
RECORD_LIMIT = 4096  # the largest record that this side takes
NAMESPACE = b'sidewire-auth'


def hmac_sha256(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def hkdf(chaining_key, material):
    secret = hmac_sha256(chaining_key, material)
    first = hmac_sha256(secret, b'\1')
    return first, hmac_sha256(secret, first + b'\2')


def raw_public(key):
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


class CipherState:
    """A key and its counter."""

    def __init__(self, suite, key):
        _, self.aead, self.counter_form = SUITES[suite]
        self.key, self.counter = key, 0

    def nonce(self, counter):
        return bytes(4) + struct.pack(self.counter_form, counter)

    def seal(self, data, associated=b''):
        sealed = self.aead(self.key).encrypt(self.nonce(self.counter), data, associated)
        self.counter += 1
        return sealed

    def open(self, data, associated=b''):
        try:
            opened = self.aead(self.key).decrypt(self.nonce(self.counter), data, associated)
        except InvalidTag as wrong:
            raise ProtocolError(f'message {self.counter} does not verify') from wrong
        self.counter += 1
        return opened

    def rekey(self):
        self.key = self.aead(self.key).encrypt(self.nonce(2 ** 64 - 1), bytes(32), b'')[:32]


class Handshake:
    """The symmetric state of Noise, with the two messages of NX."""

    def __init__(self, suite, prologue):
        name = SUITES[suite][0]
        self.suite = suite
        self.hash = name.ljust(32, b'\0') if len(name) <= 32 else hashlib.sha256(name).digest()
        self.chaining_key = self.hash
        self.cipher = None
        self.mix_hash(prologue)

    def mix_hash(self, data):
        self.hash = hashlib.sha256(self.hash + data).digest()

    def mix_key(self, own, theirs):
        shared = own.exchange(x25519.X25519PublicKey.from_public_bytes(theirs))
        if not any(shared):
            raise ProtocolError('a public key of low order')
        self.chaining_key, key = hkdf(self.chaining_key, shared)
        self.cipher = CipherState(self.suite, key)

    def seal(self, data):
        sealed = self.cipher.seal(data, self.hash)
        self.mix_hash(sealed)
        return sealed

    def open(self, data):
        opened = self.cipher.open(data, self.hash)
        self.mix_hash(data)
        return opened

    def split(self):
        """Keys of client to server, and of server to client."""
        return tuple(CipherState(self.suite, key) for key in hkdf(self.chaining_key, b''))


def send_frame(wire, message):
    wire.send(struct.pack('>H', len(message)) + message)


def receive_frame(wire, size):
    announced, = struct.unpack('>H', wire.receive(2))
    if announced != size:
        raise ProtocolError(f'a frame of {announced} bytes')
    return wire.receive(size)


def record_limit(payload):
    limit, = struct.unpack('>H', payload)
    if limit < 256:
        raise ProtocolError(f'records of {limit} bytes')
    return limit


class Records:
    """The stream of packets inside: send and receive, as a Wire has them."""

    def __init__(self, wire, outgoing, incoming, peer_limit):
        self.wire, self.outgoing, self.incoming = wire, outgoing, incoming
        self.most = peer_limit - TAG_SIZE
        self.opened = b''

    def send(self, data):
        for start in range(0, len(data), self.most):
            send_frame(self.wire, self.outgoing.seal(data[start:start + self.most]))
            if self.outgoing.counter % REKEY_EVERY == 0:
                self.outgoing.rekey()

    def receive_record(self):
        size, = struct.unpack('>H', self.wire.receive(2))
        if not TAG_SIZE < size <= RECORD_LIMIT:
            raise ProtocolError(f'a record of {size} bytes')
        text = self.incoming.open(self.wire.receive(size))
        if self.incoming.counter % REKEY_EVERY == 0:
            self.incoming.rekey()
        return text

    def receive(self, size):
        while len(self.opened) < size:
            self.opened += self.receive_record()
        data, self.opened = self.opened[:size], self.opened[size:]
        return data


# ---- SSH's forms ----

def string(data):
    return struct.pack('>I', len(data)) + data


def strings(data, count):
    found = []
    for _ in range(count):
        size, = struct.unpack('>I', data[:4])
        found.append(data[4:4 + size])
        if len(found[-1]) != size:
            raise ProtocolError('a string that is cut off')
        data = data[4 + size:]
    if data:
        raise ProtocolError(f'{len(data)} bytes behind the strings')
    return found


def key_blob(public):
    line = public.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return base64.b64decode(line.split()[1])


def signed_bytes(handshake_hash, user):
    digest = hashlib.sha256(handshake_hash + user).digest()
    return b'SSHSIG' + string(NAMESPACE) + string(b'') + string(b'sha256') + string(digest)


def sign(key, data):
    if isinstance(key, rsa.RSAPrivateKey):
        return string(b'rsa-sha2-256') + string(key.sign(data, padding.PKCS1v15(), hashes.SHA256()))
    return string(b'ssh-ed25519') + string(key.sign(data))


def verifies(public, signature, data):
    algorithm, value = strings(signature, 2)
    try:
        if isinstance(public, ed25519.Ed25519PublicKey) and algorithm == b'ssh-ed25519':
            public.verify(value, data)
        elif isinstance(public, rsa.RSAPublicKey) and algorithm == b'rsa-sha2-256':
            public.verify(value, data, padding.PKCS1v15(), hashes.SHA256())
        else:
            return False
    except InvalidSignature:
        return False
    return True


# ---- roles ----

def connect(wire, greeting, suite, server_key):
    """The client's handshake. Returns the packets of the channel and the handshake hash."""
    line = f'auth {suite}\n'.encode()
    handshake = Handshake(suite, greeting + line)
    ephemeral = x25519.X25519PrivateKey.generate()
    first = raw_public(ephemeral)
    handshake.mix_hash(first)
    limit = struct.pack('>H', RECORD_LIMIT)
    handshake.mix_hash(limit)
    wire.send(line)
    send_frame(wire, first + limit)

    answer = receive_frame(wire, 98)
    theirs = answer[:32]
    handshake.mix_hash(theirs)
    handshake.mix_key(ephemeral, theirs)
    static = handshake.open(answer[32:80])
    handshake.mix_key(ephemeral, static)
    peer_limit = record_limit(handshake.open(answer[80:]))
    if static != server_key:
        raise ProtocolError('another server')
    outgoing, incoming = handshake.split()
    return PacketStream(Records(wire, outgoing, incoming, peer_limit)), handshake.hash


def log_in(packets, handshake_hash, user, key):
    name = user.encode()
    packets.send(Band.CHALLENGE_RESPONSE,
                 string(name) + string(key_blob(key.public_key())) +
                 string(sign(key, signed_bytes(handshake_hash, name))))


def accept(wire, greeting, suite, static):
    """The server's handshake, its request line read already."""
    handshake = Handshake(suite, greeting + f'auth {suite}\n'.encode())
    first = receive_frame(wire, 34)
    handshake.mix_hash(first[:32])
    handshake.mix_hash(first[32:])
    peer_limit = record_limit(first[32:])

    ephemeral = x25519.X25519PrivateKey.generate()
    handshake.mix_hash(raw_public(ephemeral))
    handshake.mix_key(ephemeral, first[:32])
    answer = raw_public(ephemeral) + handshake.seal(raw_public(static))
    handshake.mix_key(static, first[:32])
    send_frame(wire, answer + handshake.seal(struct.pack('>H', RECORD_LIMIT)))
    incoming, outgoing = handshake.split()
    return PacketStream(Records(wire, outgoing, incoming, peer_limit)), handshake.hash


def admit(packets, handshake_hash, users):
    """Whether the user is let in, who is told."""
    user, blob, signature = strings(packets.expect(Band.CHALLENGE_RESPONSE), 3)
    known = users.get(user.decode())
    allowed = (known is not None and key_blob(known) == blob and
               verifies(known, signature, signed_bytes(handshake_hash, user)))
    packets.send(Band.PROCEED if allowed else Band.EXIT_FAILURE)
    return allowed
