# SPDX-License-Identifier: ISC
"""Keys from files, made by ssh-keygen and openssl."""

import gc
import pathlib
import subprocess
import tempfile
import unittest
import weakref

import sidewire
from sidewire import KeyType
from sidewire.constants import ErrorCode
from support import key_pair

HAS_ED25519 = sidewire.Crypto.shared().table.contents.ed25519_sign is not None


class Keys(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='sidewire-keys-')
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def make(self, name, *options, passphrase=''):
        path = self.folder / name
        subprocess.run(['ssh-keygen', '-q', '-N', passphrase, '-f', path, *options], check=True)
        printed = subprocess.run(['ssh-keygen', '-l', '-f', f'{path}.pub'], check=True, capture_output=True, text=True)
        return path, printed.stdout.split()[1]

    def test_user_keys(self):
        for name, kind, options in (('rsa', KeyType.RSA, ['-t', 'rsa', '-b', '2048']),
                                    ('pem', KeyType.RSA, ['-t', 'rsa', '-b', '2048', '-m', 'PEM']),
                                    ('ed25519', KeyType.ED25519, ['-t', 'ed25519'])):
            with self.subTest(name):
                path, fingerprint = self.make(name, *options)
                private = sidewire.PrivateKey.from_file(path)
                public = sidewire.PublicKey.from_file(f'{path}.pub')
                self.assertEqual((private.type, public.type), (kind, kind))
                self.assertEqual(private.public().blob, public.blob)
                self.assertTrue(public.is_offered(public.blob))
                self.assertFalse(public.is_offered(public.blob[:-1]))
                self.assertEqual(public.fingerprint(), fingerprint)
                if kind == KeyType.RSA:
                    self.assertEqual((public.bits, public.exponent), (2048, 65537))
                if kind == KeyType.RSA or HAS_ED25519:
                    self.assertIn(b'rsa-sha2-256' if kind == KeyType.RSA else b'ssh-ed25519', private.sign(b'x'))

    def test_passphrase(self):
        path, fingerprint = self.make('locked', '-t', 'ed25519', passphrase='secret')
        with self.assertRaisesRegex(sidewire.KeyFileError, 'protected by a passphrase') as caught:
            sidewire.PrivateKey.from_file(path)
        self.assertEqual(caught.exception.code, ErrorCode.KEY_PASSPHRASE)
        self.assertEqual(sidewire.PublicKey.of_private_file(path).fingerprint(), fingerprint)

    def test_wrong_files(self):
        path, _ = self.make('small', '-t', 'rsa', '-b', '1024')
        with self.assertRaisesRegex(sidewire.KeyFileError, 'key too small: 1024 bits, at least 2048 needed'):
            sidewire.PrivateKey.from_file(path)
        with self.assertRaisesRegex(sidewire.KeyFileError, 'a private key, a public one is needed'):
            sidewire.PublicKey.from_file(self.make('user', '-t', 'rsa')[0])
        for kind in (sidewire.PrivateKey, sidewire.PublicKey, sidewire.ServerKey):
            for text in ('', b'', bytearray(), 'nothing', b'\0' * 100, bytearray(b'nothing')):
                with self.assertRaises(sidewire.KeyFileError):
                    kind(text)
        with self.assertRaises(FileNotFoundError):
            sidewire.PrivateKey.from_file(self.folder / 'nosuch')

    def test_private_texts_are_wiped(self):
        path, _ = self.make('user', '-t', 'rsa', '-b', '2048')
        text = bytearray(path.read_bytes())
        key = sidewire.PrivateKey(text)
        self.assertEqual(text, bytes(len(text)))
        struct = key.struct
        self.assertNotEqual(bytes(struct.d), bytes(len(struct.d)))
        watched = weakref.ref(key)
        del key
        gc.collect()
        self.assertIsNone(watched())
        self.assertEqual(bytes(struct.d), bytes(len(struct.d)))

    def test_server_key(self):
        made = sidewire.ServerKey.make()
        path = self.folder / 'host'
        path.write_bytes(made.pem)
        self.assertEqual(sidewire.ServerKey.from_file(path).public, made.public)
        subprocess.run(['openssl', 'pkey', '-in', path, '-noout'], check=True)
        public = sidewire.ServerPublicKey.from_text(made.public.text)
        self.assertEqual(public, made.public)
        self.assertNotEqual(public, sidewire.ServerKey.make().public)
        self.assertRegex(public.fingerprint(), r'^SHA256:[A-Za-z0-9+/]{43}$')
        with self.assertRaises(sidewire.KeyFileError):
            sidewire.ServerPublicKey.from_text('x')
        with self.assertRaisesRegex(sidewire.KeyFileError, 'not an X25519 key'):
            sidewire.ServerKey.from_file(self.make('user', '-t', 'rsa')[0])

    def test_kinds(self):
        public = key_pair('bob')[1]
        self.assertEqual(sidewire.key_kinds([public, key_pair('eve')[1], public]),
                         [sidewire.KeyKind(2048, public.exponent, 2)])


if __name__ == '__main__':
    unittest.main()
