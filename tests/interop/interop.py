# SPDX-License-Identifier: ISC
"""sidewire's programs against a second implementation of the protocol, which was written from docs/protocol.md and
docs/sealed.md alone, in both roles and all kinds of sessions:  interop.py CLIENT SERVER [UNITTEST OPTION...]"""

import base64
import os
import re
import socket
import subprocess
import sys
import tempfile
import unittest

from cryptography.hazmat.primitives import serialization

import plain
import sealed
from packets import PacketStream, ProtocolError, Wire
from server import MANY_RECORDS, SECONDS_MAX, Server, digest_line

CLIENT, SERVER = sys.argv[1:3]
AES_GCM, CHACHA = sealed.SUITES
PLAIN_KINDS = ([], ['sideband'], ['sideband', 'aes_ctr128'], ['sideband', 'aes_ctr128', 'sha256'])
UPLOAD = bytes(range(256)) * 400
# mbedTLS has no Ed25519
HAS_ED25519 = os.environ.get('SIDEWIRE_BACKENDS') != 'mbedtls'
SEALED_USERS = ('rsa', 'ed25519') if HAS_ED25519 else ('rsa',)


class Keys:
    """Of a test's users and servers, made once."""

    def __init__(self, folder):
        self.folder = folder
        self.private, self.public = {}, {}
        for name, kind in (('rsa', ['rsa', '-b', '2048']), ('other', ['rsa', '-b', '2048']),
                           ('ed25519', ['ed25519'])):
            path = self.path(name)
            subprocess.run(['ssh-keygen', '-q', '-t', *kind, '-N', '', '-f', path], check=True)
            with open(path, 'rb') as private:
                self.private[name] = serialization.load_ssh_private_key(private.read(), None)
            self.public[name] = self.private[name].public_key()
        for name in ('host', 'other-host'):
            subprocess.run(['openssl', 'genpkey', '-algorithm', 'X25519', '-out', self.path(name)],
                           check=True)
            os.chmod(self.path(name), 0o600)
            with open(self.path(name), 'rb') as private:
                self.private[name] = serialization.load_pem_private_key(private.read(), None)
        with open(self.path('users'), 'w', encoding='utf-8') as users:
            for name in ('rsa', 'ed25519'):
                users.write(f'user {name} {name}.pub AFS_READ,AFS_WRITE,VSS_READ\n')
        os.chmod(self.path('users'), 0o600)

    def path(self, name):
        return f'{self.folder}/{name}'

    def pin(self, name):
        return base64.b64encode(sealed.raw_public(self.private[name])).decode()


def setUpModule():
    global FOLDER, KEYS
    FOLDER = tempfile.TemporaryDirectory(prefix='sidewire-interop-')
    KEYS = Keys(FOLDER.name)


def tearDownModule():
    FOLDER.cleanup()


# ---- our server, their client ----

class AgainstServer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.process = subprocess.Popen(
            ['timeout', '120', SERVER, '-u', KEYS.path('users'), '-l', '127.0.0.1', '-p', '0', '--allow-legacy',
             '--allow-rc4', '--allow-sha1', '--host-key', KEYS.path('host'), '--max-per-source', '0'],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        cls.port = int(re.search(rb':(\d+)$', cls.process.stdout.readline().rstrip()).group(1))

    @classmethod
    def tearDownClass(cls):
        cls.process.terminate()
        cls.process.wait()
        cls.process.stdout.close()

    def open(self):
        connection = socket.create_connection(('127.0.0.1', self.port), SECONDS_MAX)
        self.addCleanup(connection.close)
        wire = Wire(connection)
        greeting, offered = plain.read_greeting(wire)
        return wire, greeting, offered

    def open_sealed(self, suite, user, key, host='host'):
        wire, greeting, offered = self.open()
        self.assertIn(suite, offered)
        packets, handshake_hash = sealed.connect(wire, greeting, suite,
                                                 sealed.raw_public(KEYS.private[host]))
        sealed.log_in(packets, handshake_hash, user, KEYS.private[key])
        return packets

    def test_plain(self):
        for wanted in PLAIN_KINDS[1:]:
            with self.subTest(wanted=wanted):
                wire, _, offered = self.open()
                self.assertLessEqual(set(wanted), set(offered))
                challenge = plain.log_in(wire, 'rsa', KEYS.private['rsa'], wanted)
                self.assertEqual(challenge[56:64], plain.NOTICE)
                packets = PacketStream(wire)
                status, output, _ = plain.command(packets, ['version'], None)
                self.assertEqual(status, 0)
                self.assertIn(b'sidewire-server', output)

    def test_plain_upload_and_download(self):
        for wanted, name in ((PLAIN_KINDS[1], 'rc4'), (PLAIN_KINDS[3], 'aes')):
            for arguments, upload, wanted_output in ((['addimg', name], UPLOAD, b''),
                                                     (['catimg', name], None, UPLOAD)):
                with self.subTest(arguments=arguments):
                    wire, _, _ = self.open()
                    plain.log_in(wire, 'rsa', KEYS.private['rsa'], wanted)
                    status, output, _ = plain.command(PacketStream(wire), arguments, upload)
                    self.assertEqual((status, output), (0, wanted_output))

    def test_legacy(self):
        for arguments, upload, wanted in ((['addimg', 'old'], UPLOAD, b''), (['catimg', 'old'], None, UPLOAD),
                                          (['nosuch'], None, b'invalid command\n')):
            with self.subTest(arguments=arguments):
                wire, _, _ = self.open()
                plain.log_in(wire, 'rsa', KEYS.private['rsa'], [])
                self.assertEqual(plain.command_legacy(wire, arguments, upload), wanted)

    def test_failure(self):
        for arguments, text in ((['nosuch'], b'invalid command\n'), (['term'], b'permission denied\n'),
                                (['stop', 'it'], b'permission denied\n')):
            with self.subTest(arguments=arguments):
                wire, _, _ = self.open()
                plain.log_in(wire, 'rsa', KEYS.private['rsa'], PLAIN_KINDS[3])
                self.assertEqual(plain.command(PacketStream(wire), arguments, None), (1, b'', text))

    def test_refused(self):
        for user, key in (('nobody', 'rsa'), ('rsa', 'other')):
            with self.subTest(user=user, key=key):
                wire, _, _ = self.open()
                with self.assertRaises((ProtocolError, ValueError, ConnectionError)):
                    plain.log_in(wire, user, KEYS.private[key], PLAIN_KINDS[3])

    def test_sealed(self):
        for suite in sealed.SUITES:
            for user in SEALED_USERS:
                with self.subTest(suite=suite, user=user):
                    packets = self.open_sealed(suite, user, user)
                    packets.expect(3)
                    status, output, _ = plain.command(packets, ['version'], None)
                    self.assertEqual(status, 0)
                    self.assertIn(b'sidewire-server', output)

    def test_sealed_command_before_proceed(self):
        packets = self.open_sealed(AES_GCM, SEALED_USERS[-1], SEALED_USERS[-1])
        packets.send(4, b'version\0')
        packets.expect(3)
        status, output, _ = plain.read_reply(packets, None)
        self.assertEqual(status, 0)
        self.assertIn(b'sidewire-server', output)

    def test_sealed_rekeying(self):
        """An upload of more records than one key is for, and the download of what came."""
        data = bytes(i * 7 % 256 for i in range(MANY_RECORDS))
        for suite in sealed.SUITES:
            with self.subTest(suite=suite):
                packets = self.open_sealed(suite, 'rsa', 'rsa')
                packets.expect(3)
                packets.send(4, b'addimg\0many\0')
                packets.expect(5)
                for i in range(MANY_RECORDS):
                    packets.send(16, data[i:i + 1])
                packets.send(16)
                self.assertEqual(plain.read_reply(packets, None)[0], 0)
                packets = self.open_sealed(suite, 'rsa', 'rsa')
                packets.expect(3)
                status, output, _ = plain.command(packets, ['catimg', 'many'], None)
                self.assertEqual((status, output == data), (0, True))

    def test_sealed_refused(self):
        for user, key in (('nobody', 'rsa'), ('rsa', 'other'), ('rsa', 'ed25519'), ('ed25519', 'rsa')):
            with self.subTest(user=user, key=key):
                packets = self.open_sealed(CHACHA, user, key)
                self.assertEqual(packets.receive(), (15, b''))

    def test_sealed_other_server(self):
        with self.assertRaisesRegex(ProtocolError, 'another server'):
            self.open_sealed(AES_GCM, 'rsa', 'rsa', 'other-host')


# ---- their server, our client ----

class AgainstClient(unittest.TestCase):
    def run_client(self, server, arguments, *, user='rsa', key=None, options=(), data=b''):
        return subprocess.run(
            [CLIENT, '--config', '', '-H', '127.0.0.1', '-p', str(server.port), '-u', user, '-k',
             KEYS.path(key or user), '--known-servers', '', '--timeout', str(SECONDS_MAX), '--legacy-wait', '50',
             *options, *arguments],
            input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)

    def check(self, done, status, output, errors=b''):
        self.assertEqual((done.returncode, done.stdout), (status, output), done.stderr)
        self.assertIn(errors, done.stderr)

    def test_plain(self):
        for features in PLAIN_KINDS:
            options = ['--allow-legacy', '--allow-rc4', '--allow-sha1']
            with self.subTest(features=features), Server(KEYS.public, features) as server:
                done = self.run_client(server, ['echo', 'a', 'b c', 'd'], options=options)
                self.check(done, 0, b'a,b c,d\n')
                done = self.run_client(server, ['addimg', 'x'], options=options, data=UPLOAD)
                self.check(done, 0, digest_line(UPLOAD))
                self.assertEqual(server.errors, [])

    def test_failure(self):
        with Server(KEYS.public, PLAIN_KINDS[3]) as server:
            self.check(self.run_client(server, ['nosuch']), 1, b'', b'remote: invalid command')

    def test_sealed(self):
        for suite in sealed.SUITES:
            with self.subTest(suite=suite), Server(KEYS.public, PLAIN_KINDS[3], KEYS.private['host']) as server:
                options = ['--server-key', KEYS.pin('host'), '--features', f'sideband,aes_ctr128,sha256,{suite}']
                self.check(self.run_client(server, ['echo', 'x'], options=options), 0, b'x\n')
                done = self.run_client(server, ['addimg', 'x'], options=options, data=UPLOAD)
                self.check(done, 0, digest_line(UPLOAD))
                done = self.run_client(server, ['many'], options=options)
                self.check(done, 0, bytes(ord('a') + i % 26 for i in range(MANY_RECORDS)))
                self.check(self.run_client(server, ['nosuch'], options=options), 1, b'',
                           b'remote: invalid command')
                self.assertEqual(server.errors, [])

    def test_sealed_refused(self):
        with Server(KEYS.public, PLAIN_KINDS[3], KEYS.private['host']) as server:
            pin = ['--server-key', KEYS.pin('host')]
            self.check(self.run_client(server, ['echo', 'x'], key='other', options=pin), 3, b'')
            self.check(self.run_client(server, ['echo', 'x'], user='nobody', key='rsa', options=pin), 3, b'')

    def test_other_server(self):
        with Server(KEYS.public, PLAIN_KINDS[3], KEYS.private['host']) as server:
            options = ['--server-key', KEYS.pin('other-host')]
            self.check(self.run_client(server, ['echo', 'x'], options=options), 3, b'')

    def test_stripped(self):
        """A server that seals, whose offer somebody takes out of the greeting."""
        with Server(KEYS.public, PLAIN_KINDS[3], KEYS.private['host'], silent_about_sealing=True) as server:
            self.check(self.run_client(server, ['echo', 'x']), 3, b'')
            self.check(self.run_client(server, ['echo', 'x'], options=['--plain']), 0, b'x\n')


if __name__ == '__main__':
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
