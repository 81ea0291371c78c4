# SPDX-License-Identifier: ISC
"""sidewire's programs against other people's implementations of what sealed sessions are made of: Noise by dissononce,
signatures by ssh-keygen, both roles:  oracles.py CLIENT SERVER [UNITTEST OPTION...]"""

import base64
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

from dissononce.cipher.aesgcm import AESGCMCipher
from dissononce.cipher.chachapoly import ChaChaPolyCipher
from dissononce.dh.x25519.x25519 import X25519DH
from dissononce.hash.sha256 import SHA256Hash
from dissononce.processing.handshakepatterns.interactive.NX import NXHandshakePattern
from dissononce.processing.impl.cipherstate import CipherState
from dissononce.processing.impl.handshakestate import HandshakeState
from dissononce.processing.impl.symmetricstate import SymmetricState

import plain
import sealed
from packets import Band, PacketStream, Wire

CLIENT, SERVER = sys.argv[1:3]
SECONDS_MAX = 20
BACKENDS = os.environ.get('SIDEWIRE_BACKENDS', 'mbedtls').split(',')
CIPHERS = {'noise_nx_25519_aesgcm_sha256': AESGCMCipher, 'noise_nx_25519_chachapoly_sha256': ChaChaPolyCipher}
LIMIT = struct.pack('>H', sealed.RECORD_LIMIT)


# ---- Noise, by dissononce ----

class Direction:
    """One of the two states that a handshake ends with, as sealed.Records uses them."""

    def __init__(self, state):
        self.state, self.counter = state, 0

    def seal(self, data):
        self.counter += 1
        return self.state.encrypt_with_ad(b'', data)

    def open(self, data):
        self.counter += 1
        return self.state.decrypt_with_ad(b'', data)

    def rekey(self):
        raise AssertionError('dissononce resets its counter then: sessions here are short')


def handshake(suite, prologue, is_initiator, static=None):
    state = HandshakeState(SymmetricState(CipherState(CIPHERS[suite]()), SHA256Hash()), X25519DH())
    state.initialize(NXHandshakePattern(), is_initiator, prologue, s=static)
    return state


def write(state, payload):
    message = bytearray()
    return state.write_message(payload, message), bytes(message)


def read(state, message):
    payload = bytearray()
    return state.read_message(message, payload), bytes(payload)


def packets_of(wire, outgoing, incoming, limit):
    return PacketStream(sealed.Records(wire, Direction(outgoing), Direction(incoming), sealed.record_limit(limit)))


def connect(wire, greeting, suite):
    """A client's handshake: packets, the handshake hash and the server's public key."""
    line = f'auth {suite}\n'.encode()
    state = handshake(suite, greeting + line, True)
    _, message = write(state, LIMIT)
    wire.send(line)
    sealed.send_frame(wire, message)
    ciphers, limit = read(state, sealed.receive_frame(wire, 98))
    return packets_of(wire, *ciphers, limit), state.symmetricstate.get_handshake_hash(), state.rs.data


def accept(wire, greeting, suite, static):
    """A server's handshake, its request line read already: packets and the handshake hash."""
    state = handshake(suite, greeting + f'auth {suite}\n'.encode(), False, static)
    _, limit = read(state, sealed.receive_frame(wire, 34))
    ciphers, message = write(state, LIMIT)
    sealed.send_frame(wire, message)
    return packets_of(wire, ciphers[1], ciphers[0], limit), state.symmetricstate.get_handshake_hash()


# ---- signatures, by ssh-keygen ----

def ssh_keygen(*arguments, data=b''):
    return subprocess.run(['ssh-keygen', *arguments], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=SECONDS_MAX, check=False)


def sign(key, message):
    """Key and signature as SSH encodes them."""
    done = ssh_keygen('-Y', 'sign', '-n', 'sidewire-auth', '-O', 'hashalg=sha256', '-f', key, data=message)
    assert done.returncode == 0, done.stderr
    blob = base64.b64decode(b''.join(done.stdout.splitlines()[1:-1]))
    assert blob[:10] == b'SSHSIG\0\0\0\1'
    key, namespace, reserved, algorithm, signature = sealed.strings(blob[10:], 5)
    assert (namespace, reserved, algorithm) == (b'sidewire-auth', b'', b'sha256')
    return key, signature


def is_signed(folder, key, signature, message):
    blob = b'SSHSIG\0\0\0\1' + b''.join(map(sealed.string, (key, b'sidewire-auth', b'', b'sha256', signature)))
    path = f'{folder}/signature'
    with open(path, 'wb') as file:
        file.write(b'-----BEGIN SSH SIGNATURE-----\n' + base64.encodebytes(blob) + b'-----END SSH SIGNATURE-----\n')
    return ssh_keygen('-Y', 'check-novalidate', '-n', 'sidewire-auth', '-s', path, data=message).returncode == 0


# ---- against our programs ----

class Oracles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix='sidewire-oracles-')
        cls.folder = cls.temporary.name
        for name, kind in (('rsa', ['rsa', '-b', '3072']), ('ed25519', ['ed25519'])):
            subprocess.run(['ssh-keygen', '-q', '-t', *kind, '-N', '', '-f', f'{cls.folder}/{name}'], check=True)
        with open(f'{cls.folder}/users', 'w', encoding='utf-8') as users:
            users.write(f'user eve {cls.folder}/ed25519.pub -\n')
        os.chmod(f'{cls.folder}/users', 0o600)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def start_server(self, backend):
        process = subprocess.Popen(
            ['timeout', '120', SERVER, '-u', f'{self.folder}/users', '-l', '127.0.0.1', '-p', '0', '--crypto', backend,
             '--host-key', f'{self.folder}/host'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        return int(re.search(rb':(\d+)$', process.stdout.readline().rstrip()).group(1))

    def log_in(self, port, suite, user, spoil=lambda message: message):
        connection = socket.create_connection(('127.0.0.1', port), SECONDS_MAX)
        self.addCleanup(connection.close)
        wire = Wire(connection)
        greeting, _ = plain.read_greeting(wire)
        packets, handshake_hash, server_key = connect(wire, greeting, suite)
        self.assertEqual(server_key, self.host_key())
        key, signature = sign(f'{self.folder}/ed25519', spoil(handshake_hash + user))
        packets.send(Band.CHALLENGE_RESPONSE, b''.join(map(sealed.string, (user, key, signature))))
        return packets

    def host_key(self):
        """Of our server, as openssl reads it from the file that it made."""
        done = subprocess.run(['openssl', 'pkey', '-in', f'{self.folder}/host', '-pubout', '-outform', 'DER'],
                              stdout=subprocess.PIPE, check=True)
        return done.stdout[-32:]

    def test_server(self):
        for backend in BACKENDS:
            port = self.start_server(backend)
            for suite in CIPHERS:
                with self.subTest(backend=backend, suite=suite):
                    packets = self.log_in(port, suite, b'eve')
                    if backend == 'mbedtls':     # which has no Ed25519
                        packets.expect(Band.EXIT_FAILURE)
                        continue
                    packets.expect(Band.PROCEED)
                    status, output, _ = plain.command(packets, ['version'], None)
                    self.assertEqual((status, output[:15]), (0, b'sidewire-server'))
                    packets = self.log_in(port, suite, b'eve', lambda message: message + b' ')
                    packets.expect(Band.EXIT_FAILURE)

    def serve_one(self, listener, suite, static, seen):
        """What the client said of itself, and a reply to whatever command it has."""
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(SECONDS_MAX)
            wire = Wire(connection)
            greeting = f'An oracle.\nFeatures: sideband,{suite}\n'.encode()
            wire.send(greeting)
            line = f'auth {suite}\n'.encode()
            self.assertEqual(wire.receive(len(line)), line)
            packets, handshake_hash = accept(wire, greeting, suite, static)
            seen.append((handshake_hash, packets.expect(Band.CHALLENGE_RESPONSE)))
            packets.send(Band.PROCEED)
            self.assertEqual(packets.expect(Band.COMMAND), b'hello\0')
            packets.send(Band.OUTPUT, b'world\n')
            packets.send(Band.EXIT_SUCCESS)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(1)

    def check_client(self, backend, suite, user):
        static = X25519DH().generate_keypair()
        seen = []
        with socket.create_server(('127.0.0.1', 0)) as listener:
            listener.settimeout(SECONDS_MAX)
            server = threading.Thread(target=self.serve_one, args=(listener, suite, static, seen))
            server.start()
            done = subprocess.run(
                [CLIENT, '--config', '', '-H', '127.0.0.1', '-p', str(listener.getsockname()[1]), '-u', user, '-k',
                 f'{self.folder}/{user}', '--crypto', backend, '--features', f'sideband,aes_ctr128,sha256,{suite}',
                 '--server-key', base64.b64encode(static.public.data).decode(), 'hello'],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)
            server.join()
        self.assertEqual((done.returncode, done.stdout), (0, b'world\n'), done.stderr)
        handshake_hash, proof = seen[0]
        name, key, signature = sealed.strings(proof, 3)
        self.assertEqual(name.decode(), user)
        with open(f'{self.folder}/{user}.pub', encoding='utf-8') as line:
            self.assertEqual(key, base64.b64decode(line.read().split()[1]))
        self.assertTrue(is_signed(self.folder, key, signature, handshake_hash + name))
        self.assertFalse(is_signed(self.folder, key, signature, handshake_hash + b'other'))

    def test_client(self):
        for backend in BACKENDS:
            for suite in CIPHERS:
                for user in ('rsa', 'ed25519') if backend != 'mbedtls' else ('rsa',):
                    with self.subTest(backend=backend, suite=suite, user=user):
                        self.check_client(backend, suite, user)


if __name__ == '__main__':
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
