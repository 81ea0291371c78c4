# SPDX-License-Identifier: ISC
"""Errors as exceptions, with the library's texts; what is wrong with configs and calls."""

import os
import unittest

import sidewire
from sidewire import ErrorCode
from sidewire.errors import error_of
from support import key_pair


class Errors(unittest.TestCase):
    def test_classes(self):
        for code, kind in ((ErrorCode.PACKET_SIZE, sidewire.PeerError), (ErrorCode.AUTH, sidewire.AuthenticationError),
                           (ErrorCode.USER_REFUSED, sidewire.AuthenticationError),
                           (ErrorCode.SHA1_REFUSED, sidewire.PeerError), (ErrorCode.NULL, sidewire.CallerError),
                           (ErrorCode.COUNTER, sidewire.CallerError), (ErrorCode.KEY_FORMAT, sidewire.KeyFileError),
                           (ErrorCode.KEY_NOT_X25519, sidewire.KeyFileError),
                           (ErrorCode.BANNER, sidewire.CallerError), (ErrorCode.RANDOM, sidewire.BackendError)):
            self.assertIs(type(error_of(code)), kind, code)

    def test_texts(self):
        error = sidewire.PeerError(ErrorCode.PACKET_SIZE, 70000, 4096)
        self.assertEqual(str(error), 'packet too large: 70000 bytes, limit 4096')
        self.assertEqual((error.code, error.value, error.limit), (ErrorCode.PACKET_SIZE, 70000, 4096))
        self.assertEqual(str(error_of(ErrorCode.AUTH)), 'authentication failed')
        for code in ErrorCode:
            self.assertNotEqual(str(error_of(code)), 'unknown error', code)

    def test_unknown_code(self):
        error = error_of(-199)
        self.assertEqual((error.code, type(error.code)), (-199, int))

    def test_configs(self):
        private, _ = key_pair('bob')
        host = sidewire.ServerKey.make()
        for make, text in (
                (lambda: sidewire.ClientConfig(user='', key=private), 'user name empty, too long'),
                (lambda: sidewire.ClientConfig(user='a b', key=private), 'user name empty, too long'),
                (lambda: sidewire.ClientConfig(user='bob'), 'a needed pointer is NULL'),
                (lambda: sidewire.ClientConfig('bob', private, policy=sidewire.Policy(sidewire.Feature.SHA256)),
                 'contradiction'),
                (lambda: sidewire.ServerConfig(decoy_secret=bytes(32)), "secret for unknown names is not set"),
                (lambda: sidewire.ServerConfig(banner='a\nb'), 'banner is not one line'),
                (lambda: sidewire.ServerConfig(key=host, record_limit=100), 'contradiction')):
            with self.subTest(text), self.assertRaisesRegex(sidewire.CallerError, text):
                sidewire.Session(make())
        with self.assertRaisesRegex(sidewire.CallerError, 'buffer too small: 100 bytes, needed'):
            sidewire.Session(sidewire.ServerConfig(), tx_size=100)
        with self.assertRaisesRegex(ValueError, 'decoy_secret has 3 bytes'):
            sidewire.Session(sidewire.ServerConfig(decoy_secret=b'abc'))
        with self.assertRaisesRegex(ValueError, 'NUL'):
            sidewire.Session(sidewire.ClientConfig(user='a\0b', key=private))

    def test_calls(self):
        private, public = key_pair('bob')
        for call in (lambda s: s.command(['x']), lambda s: s.key(public), lambda s: s.exit(0),
                     lambda s: s.send(sidewire.Band.OUTPUT, b'x'), lambda s: s.accept(True), lambda s: s.sign(b'x')):
            session = sidewire.Session(sidewire.ClientConfig(user='bob', key=private))
            with self.assertRaisesRegex(sidewire.CallerError, 'not allowed in this state'):
                call(session)
            with self.assertRaises(sidewire.CallerError):   # it stays
                session.next()

    def test_peer(self):
        private, _ = key_pair('bob')
        for data, text in ((b'x' * 5000, 'greeting too long'), (b'', 'connection closed during the handshake'),
                           (b'This is x.\nFeatures: sideband\n', 'offers no cipher but RC4')):
            session = sidewire.Session(sidewire.ClientConfig(user='bob', key=private))
            with self.subTest(text), self.assertRaisesRegex(sidewire.PeerError, text):
                session.receive_data(data)
                session.next()
            self.assertIn(text, str(session.error))


class Backends(unittest.TestCase):
    def test_names(self):
        names = sidewire.backend_names()
        self.assertEqual(sidewire.Crypto.shared().name, names[0])
        for name in names:
            self.assertEqual(sidewire.Crypto(name).name, name)
        with self.assertRaisesRegex(LookupError, 'nosuch'):
            sidewire.Crypto('nosuch')

    def test_fork(self):
        """A child does not draw the random bytes of its parent."""
        before = sidewire.Crypto.shared()
        child = os.fork()
        if child == 0:
            os._exit(0 if sidewire.Crypto.shared() is not before else 1)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
        self.assertIs(sidewire.Crypto.shared(), before)

    def test_version(self):
        self.assertEqual(sidewire.library_version(), sidewire.VERSION)


if __name__ == '__main__':
    unittest.main()
