# SPDX-License-Identifier: ISC
"""The recorded sessions of an independent implementation, both roles, at every split; and both roles together."""

import gc
import threading
import unittest

import sidewire
from sidewire import Band, Want
from support import ReplayingCrypto, cuts, features_of, key_pair, recordings, server_key

PLAIN = recordings('transcripts.txt')
SEALED = [recording for recording in recordings('sealed.txt') if not recording.name.startswith('rekey')]
DECOY = b'\1' + bytes(31)
# mbedTLS has no Ed25519
HAS_ED25519 = sidewire.Crypto.shared().table.contents.ed25519_sign is not None


def give(session, piece):
    """Offers a piece, as far as there is room. What is left."""
    space = session.rx_space()
    taken = min(len(space), len(piece))
    space[:taken] = piece[:taken]
    session.rx_commit(taken)
    return piece[taken:]


def reply(session, replies):
    """Sends recorded packets. What goes to the peer, each packet for itself."""
    sent = b''
    for band, body in replies:
        if band in (Band.EXIT_SUCCESS, Band.EXIT_FAILURE):
            assert session.exit(band - Band.EXIT_SUCCESS)
        else:
            assert session.send(Band(band), body) == len(body)
        sent += session.data_to_send()
    return sent


def run_server(config, public, pieces, replies, burst=None):
    """(user, arguments, sent): what a server made of these pieces. burst: where the request ends that has no end."""
    session = sidewire.Session(config, rx_size=140000, tx_size=20000)
    user = arguments = None
    sent, at, pieces = b'', 0, list(pieces)
    while True:
        event = session.next()
        if isinstance(event, sidewire.KeyEvent):
            user = event.user
            assert event.key is None or public.is_offered(event.key)
            session.key(public)
        elif isinstance(event, sidewire.CommandEvent):
            arguments = event.arguments
            sent += session.data_to_send() + reply(session, replies)
            if session.is_legacy:
                assert session.exit(0)
        elif isinstance(event, sidewire.ClosedEvent):
            break
        elif event is None and (data := session.data_to_send()):
            sent += data
        elif event is None and pieces:
            piece = pieces.pop(0)
            assert give(session, piece) == b''
            at += len(piece)
            if burst is None or at == burst:
                session.burst_end()
        elif event is None:
            assert not session.wants & Want.SHUTDOWN or arguments is not None
            session.rx_end()
    assert session.wants == 0
    return user, arguments, sent


def run_client(config, arguments, pieces, known=None, greeting=None, early=False):
    """(replies, sent, status): what a client made of these pieces. greeting: where that of a legacy server ends."""
    session = sidewire.Session(config, rx_size=140000)
    sent, status, at, pieces = b'', None, 0, list(pieces)
    replies = []
    while True:
        event = session.next()
        if isinstance(event, sidewire.ServerKeyEvent):
            session.accept(event.key == known)
        elif isinstance(event, sidewire.ReadyEvent):
            if not early:
                sent += session.data_to_send()
            session.command(arguments)
            sent += session.data_to_send()
        elif isinstance(event, sidewire.DataEvent):
            if event.offset == 0:
                replies.append((event.band, b''))
            replies[-1] = (event.band, replies[-1][1] + event.data)
        elif isinstance(event, sidewire.ExitEvent):
            status = event.status
        elif isinstance(event, sidewire.ClosedEvent):
            break
        elif data := session.data_to_send():
            sent += data
        elif pieces:
            piece = pieces.pop(0)
            assert give(session, piece) == b''
            at += len(piece)
            if at == greeting:
                session.greeting_end()
        else:
            session.rx_end()
    return replies, sent, status


def places(stream, dense, step):
    """All places to cut at up to `dense`, and each step-th behind."""
    return [at for at in range(len(stream) + 1) if at < dense or at % step == 0]


class PlainVectors(unittest.TestCase):
    def policy(self, recording):
        return sidewire.Policy(features_of(recording.features), allow_legacy=True, allow_rc4=True)

    def check_server(self, recording, pieces):
        crypto = ReplayingCrypto(recording.bytes('random'), recording.bytes('seed'))
        config = sidewire.ServerConfig(policy=self.policy(recording), decoy_secret=DECOY, crypto=crypto,
                                       banner='This is para_server, version 0.4.13.')
        stream = recording.bytes('client')
        request = f'auth rsa {recording.user}' + ('' if recording.features == '-' else ' ' + recording.features)
        got = run_server(config, key_pair(recording.key)[1], cuts(stream, pieces + [len(request)]),
                         recording.replies, len(request))
        self.assertEqual(got, (recording.user.encode(), tuple(recording.arguments), recording.bytes('server')))
        self.assertEqual(crypto.left, b'')

    def test_server_at_every_split(self):
        for recording in PLAIN:
            with self.subTest(recording.name):
                stream = recording.bytes('client')
                self.check_server(recording, list(range(len(stream))))
                for place in places(stream, 1000, 1):
                    self.check_server(recording, [place])

    def check_client(self, recording, pieces):
        private = key_pair(recording.key)[0]
        config = sidewire.ClientConfig(user=recording.user, key=private, policy=self.policy(recording),
                                       crypto=ReplayingCrypto())
        stream = recording.bytes('server')
        greeting = stream.index(b'\n') + 1 if recording.features == '-' else None
        replies, sent, status = run_client(config, recording.arguments,
                                           cuts(stream, pieces + ([greeting] if greeting else [])), greeting=greeting)
        self.assertEqual(sent, recording.bytes('client'))
        if greeting:
            self.assertEqual(b''.join(body for _, body in replies), b''.join(body for _, body in recording.replies))
        else:
            self.assertEqual(replies, recording.replies[:-1])
            self.assertEqual(status, recording.replies[-1][0] - Band.EXIT_SUCCESS)

    def test_client_at_every_split(self):
        for recording in PLAIN:
            with self.subTest(recording.name):
                stream = recording.bytes('server')
                self.check_client(recording, list(range(len(stream))))
                for place in places(stream, 600, 29):
                    self.check_client(recording, [place])


class SealedVectors(unittest.TestCase):
    def usable(self):
        for recording in SEALED:
            if HAS_ED25519 or recording.user != 'eve':
                yield recording

    def check_server(self, recording, pieces):
        crypto = ReplayingCrypto(recording.bytes('server_ephemeral'))
        config = sidewire.ServerConfig(key=server_key(recording.bytes('server_static')), decoy_secret=DECOY,
                                       banner='This is sidewire, version 1.0.', crypto=crypto,
                                       record_limit=int(recording.limit))
        user, arguments, sent = run_server(config, key_pair(recording.user)[1],
                                           cuts(recording.bytes('client'), pieces), recording.replies)
        self.assertEqual((user, arguments), (recording.user.encode(), tuple(recording.arguments)))
        if int(recording.a_record) == 0:   # else its records are smaller than ours
            self.assertEqual(sent, recording.bytes('server'))

    def check_client(self, recording, pieces):
        private = key_pair(recording.user)[0]
        known = server_key(recording.bytes('server_static')).public
        config = sidewire.ClientConfig(user=recording.user, key=private, record_limit=int(recording.limit),
                                       policy=sidewire.Policy(features_of(recording.suite), require_sealed=True),
                                       crypto=ReplayingCrypto(recording.bytes('client_ephemeral')))
        replies, sent, status = run_client(config, recording.arguments, cuts(recording.bytes('server'), pieces),
                                           known, early=recording.at_once == '1')
        self.assertEqual(replies, recording.replies[:-1])
        self.assertEqual(status, recording.replies[-1][0] - Band.EXIT_SUCCESS)
        if int(recording.a_record) == 0:
            self.assertEqual(sent, recording.bytes('client'))

    def test_at_every_split(self):
        for number, recording in enumerate(self.usable()):
            for check, word in ((self.check_server, 'client'), (self.check_client, 'server')):
                with self.subTest(recording.name, role=check.__name__):
                    stream = recording.bytes(word)
                    check(recording, list(range(len(stream))))
                    for place in places(stream, 0, 1) if number == 0 else places(stream, 0, 41):
                        check(recording, [place])


class Pair:
    """A client and a server, wired in memory."""

    def __init__(self, client, server, public, known=None, piece=1 << 20):
        self.client = sidewire.Session(client)
        self.server = sidewire.Session(server)
        self.public, self.known, self.piece = public, known, piece
        self.told = []

    def carry(self, source, target):
        data = source.data_to_send()
        for start in range(0, len(data), self.piece):
            part = data[start:start + self.piece]
            while part:
                part = give(target, part)
                target.burst_end()
                self.tell(target)
        return bool(data)

    def tell(self, session):
        for event in session.events():
            self.told.append(('client' if session is self.client else 'server', event))
            if isinstance(event, sidewire.ServerKeyEvent):
                session.accept(event.key == self.known)
            elif isinstance(event, sidewire.KeyEvent):
                session.key(self.public)

    def run(self):
        going = True
        while going:
            self.tell(self.client)
            self.tell(self.server)
            going = self.carry(self.client, self.server) | self.carry(self.server, self.client)

    def of(self, kind):
        return [event for _, event in self.told if isinstance(event, kind)]


class Together(unittest.TestCase):
    def setUp(self):
        self.private, self.public = key_pair('bob')
        self.host = sidewire.ServerKey.make()

    def pair(self, policy=sidewire.Policy(), piece=1 << 20, public='own', **more):
        sealed = policy.require_sealed
        return Pair(sidewire.ClientConfig(user='bob', key=self.private, policy=policy),
                    sidewire.ServerConfig(key=self.host if sealed else None, policy=policy, **more),
                    self.public if public == 'own' else public, self.host.public if sealed else None, piece)

    def policies(self):
        return (sidewire.Policy(sidewire.FEATURES_ALL),
                sidewire.Policy(sidewire.FEATURES_ALL | sidewire.FEATURES_SEALED, require_sealed=True))

    def test_upload(self):
        data = bytes(range(256)) * 700
        for policy in self.policies():
            with self.subTest(policy=policy):
                pair = self.pair(policy, piece=1000)
                pair.run()
                pair.client.command(['addimg', b'a \xff', ''])
                pair.run()
                self.assertEqual(pair.of(sidewire.CommandEvent)[0].arguments, (b'addimg', b'a \xff', b''))
                pair.server.send(Band.AWAITING_DATA)
                pair.run()
                self.assertEqual(len(pair.of(sidewire.AwaitingDataEvent)), 1)
                left = data
                while left:
                    taken = pair.client.send(Band.BLOB_DATA, left)
                    left = left[taken or 0:]
                    pair.run()
                self.assertEqual(pair.client.send(Band.BLOB_DATA), 0)
                pair.run()
                pieces = [event.data for event in pair.of(sidewire.DataEvent)]
                self.assertEqual((b''.join(pieces), pieces[-1]), (data, b''))
                self.assertTrue(pair.server.exit(1))
                pair.run()
                self.assertEqual(pair.of(sidewire.ExitEvent)[0].status, 1)
                self.assertTrue(pair.server.wants & Want.SHUTDOWN)

    def test_many_arguments(self):
        pair = self.pair()
        arguments = tuple(b'%d' % number for number in range(500))
        pair.run()
        pair.client.command(arguments)
        pair.run()
        self.assertEqual(pair.of(sidewire.CommandEvent)[0].arguments, arguments)

    def test_no_room(self):
        pair = self.pair()
        pair.run()
        pair.client.command(['x'])
        pair.run()
        sent = 0
        while (taken := pair.server.send(Band.OUTPUT, bytes(50000))) is not None:
            sent += taken
        self.assertGreaterEqual(sent, 50000)
        pair.run()
        self.assertTrue(pair.server.exit(0))
        pair.run()
        self.assertEqual(sum(len(event.data) for event in pair.of(sidewire.DataEvent)), sent)

    def test_defer(self):
        pair = self.pair()
        pair.run()
        pair.client.command(['x'])
        pair.run()
        pair.server.send(Band.OUTPUT, b'abcdef')
        give(pair.client, pair.server.data_to_send())
        self.assertEqual(pair.client.next().data, b'abcdef')
        pair.client.defer(2)
        event = pair.client.next()
        self.assertEqual((event.data, event.offset, event.size), (b'cdef', 2, 6))
        self.assertIsNone(pair.client.next())

    def test_lent_buffers(self):
        """Many sessions share one pair, and what is lent is where the bytes are."""
        rx, tx, pairs = bytearray(20000), bytearray(20000), []
        for policy in self.policies() * 3:
            sealed = policy.require_sealed
            server = sidewire.Session(sidewire.ServerConfig(key=self.host if sealed else None, policy=policy), rx_size=0, tx_size=0)
            self.assertEqual((server.rx_room, bytes(server.tx_bytes())), (0, b''))
            self.assertTrue(server.lend_rx(rx) and server.lend_tx(memoryview(tx)))
            pair = self.pair(policy)
            pair.server = server
            pair.run()
            with self.assertRaises(BufferError):
                rx.append(0)
            self.assertTrue(server.lend_rx(None) and server.lend_tx(None))
            pairs.append(pair)
        rx.append(0)
        for number, pair in enumerate(pairs):
            pair.client.command(['x', str(number)])
            self.assertTrue(pair.server.lend_rx(rx) and pair.server.lend_tx(tx))
            pair.run()
            self.assertEqual(pair.of(sidewire.CommandEvent)[0].arguments, (b'x', b'%d' % number))
            self.assertEqual(pair.server.send(Band.OUTPUT, memoryview(b'hello')), 5)
            self.assertIn(bytes(pair.server.tx_bytes()), tx)
            self.assertFalse(pair.server.lend_tx(None))     # something is in it
            pair.run()
            self.assertTrue(pair.server.lend_rx(None) and pair.server.lend_tx(None))
            self.assertIsNone(pair.server.send(Band.OUTPUT, b'x'))
            self.assertEqual(pair.of(sidewire.DataEvent)[0].data, b'hello')
        with self.assertRaisesRegex(sidewire.CallerError, 'buffer too small: 10 bytes, needed 64'):
            pairs[0].server.lend_rx(bytearray(10))
        with self.assertRaises(TypeError):
            pairs[1].server.lend_rx(bytes(10000))

    def test_lent_late(self):
        """A client without a buffer for what goes has no command yet; a config is looked at with the first."""
        client = sidewire.Session(sidewire.ClientConfig(user=''), tx_size=0)
        with self.assertRaises(sidewire.CallerError):
            client.lend_tx(bytearray(4096))
        pair = self.pair()
        pair.run()
        self.assertTrue(pair.client.lend_tx(None))
        self.assertFalse(pair.client.command(['x']))
        self.assertTrue(pair.client.lend_tx(bytearray(4096)))
        self.assertTrue(pair.client.command(['x']))
        pair.run()
        self.assertEqual(pair.of(sidewire.CommandEvent)[0].arguments, (b'x',))

    def test_kinds_of_bytes(self):
        pair = self.pair()
        pair.run()
        pair.client.command(['x'])
        pair.run()
        for data in (b'abc', bytearray(b'abc'), memoryview(b'abc'), memoryview(bytearray(b'xabcx'))[1:4], bytearray()):
            pair.server.send(Band.OUTPUT, data)
        pair.run()
        self.assertEqual([event.data for event in pair.of(sidewire.DataEvent)], [b'abc'] * 4 + [b''])

    def test_unknown_user(self):
        for policy, text in zip(self.policies(), ('challenge cannot be decrypted', 'user refused')):
            with self.subTest(policy=policy):
                pair = self.pair(policy, public=None)
                with self.assertRaisesRegex(sidewire.AuthenticationError, text):
                    pair.run()
                self.assertEqual([event.reason.code for event in pair.of(sidewire.RefusedEvent)],
                                 [sidewire.ErrorCode.AUTH] if policy.require_sealed else [])
                self.assertEqual(pair.client.wants, 0)
                with self.assertRaisesRegex(sidewire.AuthenticationError, text):     # it stays
                    pair.client.next()
                self.assertIn(text, str(pair.client.error))

    def test_other_server(self):
        pair = self.pair(self.policies()[1])
        pair.known = sidewire.ServerKey.make().public
        with self.assertRaisesRegex(sidewire.CallerError, "the server's key is not accepted"):
            pair.run()

    def test_signed_elsewhere(self):
        pair = Pair(sidewire.ClientConfig(user='bob', public_key=self.public, policy=self.policies()[1]),
                    sidewire.ServerConfig(key=self.host), self.public, self.host.public)
        while not pair.of(sidewire.SignEvent):
            give(pair.client, pair.server.data_to_send())
            event = pair.client.next()
            if isinstance(event, sidewire.ServerKeyEvent):
                pair.client.accept(True)
            elif isinstance(event, sidewire.SignEvent):
                pair.told.append(('client', event))
                pair.client.sign(self.private.sign(event.message))
            give(pair.server, pair.client.data_to_send())
            pair.server.burst_end()
            pair.server.next()
        pair.run()
        self.assertEqual(len(pair.of(sidewire.ReadyEvent)), 2)

    def test_logged_keys(self):
        for policy in self.policies():
            with self.subTest(policy=policy):
                pair = self.pair(policy)
                secrets = [pair.client.log_keys(), pair.server.log_keys()]
                pair.run()
                self.assertEqual(secrets[0].line, secrets[1].line)
                self.assertEqual(sidewire.Secrets.from_line(secrets[0].line).line, secrets[0].line)
                self.assertIn('SEALED ' if policy.require_sealed else 'SIDEWIRE_SESSION_KEYS ', secrets[0].line)

    def test_too_much(self):
        """More than there is room for is refused, and nothing is lost."""
        session = sidewire.Session(sidewire.ClientConfig(user='bob', key=self.private), rx_size=4096)
        with self.assertRaisesRegex(ValueError, '4097 bytes, room for 4096'):
            session.receive_data(bytes(4097))
        session.receive_data(b'This is para_server.\n')
        self.assertIsNone(session.next())

    def test_lifetimes(self):
        """Nobody else holds what a session needs; and after it is wiped, calls are errors."""
        pair = self.pair(self.policies()[1])
        self.private = self.public = self.host = None
        gc.collect()
        pair.run()
        self.assertEqual(len(pair.of(sidewire.ReadyEvent)), 2)
        with pair.client:
            pair.client.command(['x'])
        with self.assertRaisesRegex(sidewire.CallerError, 'not allowed in this state'):
            pair.client.next()
        self.assertEqual(pair.client.wants, 0)

    def test_threads(self):
        """Sessions of several threads share a backend."""
        failed = []

        def run():
            try:
                for _ in range(5):
                    pair = self.pair(self.policies()[1])
                    pair.run()
                    assert len(pair.of(sidewire.ReadyEvent)) == 2
            except Exception as error:   # pylint: disable=broad-except
                failed.append(error)
        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failed, [])


if __name__ == '__main__':
    unittest.main()
