# SPDX-License-Identifier: ISC
"""The recorded sessions, watched: opened by the user's key or by logged keys, cut at every place, with holes."""

import unittest

import sidewire
from sidewire import Band, Observed, Side
from support import key_pair, recordings

PLAIN = recordings('transcripts.txt')
SEALED = [recording for recording in recordings('sealed.txt') if not recording.name.startswith('rekey')]


class Watched:
    """What an observer told, put together again."""

    def __init__(self, **more):
        self.observer = sidewire.Observer(**more)
        self.told = []

    def tell(self, answer=None, flush=False):
        for event in self.observer.events(flush):
            self.told.append(event)
            if answer is not None:
                answer(event)

    def packets(self):
        """(side, band, body) of each."""
        found = []
        for event in self.told:
            if event.kind == Observed.PACKET:
                if event.first:
                    found.append([event.side, event.band, b''])
                found[-1][2] += event.data
        return [tuple(packet) for packet in found]

    def data(self, kind):
        return b''.join(event.data for event in self.told if event.kind == kind)

    def kinds(self):
        return [event.kind for event in self.told]


def expected(recording, proof=()):
    command = b''.join(argument + b'\0' for argument in recording.arguments)
    client = [(Side.CLIENT, band, body) for band, body in [*proof, (Band.COMMAND, command)]]
    server = [(Side.SERVER, band, body) for band, body in [(Band.PROCEED, b''), *recording.replies]]
    return client, server


def sides(packets):
    return tuple([packet for packet in packets if packet[0] == side] for side in Side)


class Plain(unittest.TestCase):
    def setUp(self):
        self.private = {recording.key: key_pair(recording.key)[0] for recording in PLAIN}
        self.known = {}

    def watch(self, recording, place, end):
        """The server's greeting, the client's request, then all of the one and the other, cut at one place."""
        watched = Watched()
        client, server = recording.bytes('client'), recording.bytes('server')
        greeting = server.index(b'\n') + 1
        if recording.features != '-':
            greeting = server.index(b'\n', greeting) + 1
        request = len(f'auth rsa {recording.user}' + ('' if recording.features == '-' else ' ' + recording.features))

        def answer(event):
            if event.kind == Observed.CHALLENGE:
                key = self.private[recording.key]
                block = key.bits // 8 if recording.features == '-' else 0
                if event.data not in self.known:    # the private operation takes long
                    self.known[event.data] = sidewire.Secrets.of_challenge(
                        event.data[:key.bits // 8], key, watched.observer.features)
                    self.assertTrue(watched.observer.open_challenge(event, key))
                else:
                    watched.observer.open(self.known[event.data], block)
        turns = [(end, server, 0, greeting), (1 - end, client, 0, request), (end, server, greeting, len(server)),
                 (1 - end, client, request, len(client))]
        for who, stream, start, stop in turns:
            for a, b in zip([start, place], [place, stop]) if who == end and start < place < stop else [(start, stop)]:
                watched.observer.receive_data(who, stream[a:b])
                watched.tell(answer)
        for who in (0, 1):
            watched.observer.end_data(who)
        watched.tell(answer)
        self.assertEqual((watched.observer.is_session, watched.observer.client), (True, 1 - end))
        return watched

    def check(self, recording, place, end):
        watched = self.watch(recording, place, end)
        request = next(event for event in watched.told if event.kind == Observed.REQUEST)
        self.assertEqual(request.user, recording.user.encode())
        if recording.features == '-':
            self.assertEqual(watched.data(Observed.TEXT), b''.join(body for _, body in recording.replies))
            self.assertEqual(watched.data(Observed.COMMAND),
                             b''.join(b'\n' + argument for argument in recording.arguments) + b'\nEnd of Command.\n')
        else:
            self.assertEqual(sides(watched.packets()), expected(recording))
            response = next(event for event in watched.told if event.kind == Observed.RESPONSE)
            self.assertEqual(response.verdict, sidewire.Verdict.RIGHT)

    def test_every_split(self):
        for recording in PLAIN:
            size = len(recording.bytes('server'))
            for place in [at for at in range(size) if at < 500 or at % 23 == 0]:
                with self.subTest(recording.name, place=place):
                    self.check(recording, place, place % 2)

    def test_without_keys(self):
        recording = PLAIN[1]
        watched = Watched()
        for end, word in ((0, 'server'), (1, 'client'), (0, 'server')):
            if end == 0 and watched.told:
                break
            watched.observer.receive_data(end, recording.bytes(word))
            watched.tell()
        self.assertNotIn(Observed.PACKET, watched.kinds())
        self.assertIn(sidewire.Wait.KEYS, (watched.observer.waits(0), watched.observer.waits(1)))
        watched.tell(flush=True)
        self.assertIn(Observed.ENCRYPTED, watched.kinds())

    def test_other_key(self):
        other = sidewire.Secrets(bytes(32), bytes(32), bytes(20))
        watched = Watched()
        recording = PLAIN[1]

        def answer(event):
            if event.kind == Observed.CHALLENGE:
                watched.observer.open(other)
        for end, word in ((0, 'server'), (1, 'client')):
            watched.observer.receive_data(end, recording.bytes(word))
            watched.tell(answer)
        watched.tell(answer, flush=True)
        self.assertIn(Observed.WRONG_KEYS, watched.kinds())
        with self.assertRaises(sidewire.CallerError):
            sidewire.Observer().open(other)     # there was no request

    def test_no_session(self):
        watched = Watched()
        watched.observer.receive_data(0, b'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
        watched.observer.receive_data(1, b'HTTP/1.1 200 OK\r\n\r\n')
        watched.tell(flush=True)
        self.assertIs(watched.observer.is_session, False)


class Sealed(unittest.TestCase):
    def watch(self, recording, piece, lost=None):
        """lost: (start, stop) of the server's bytes."""
        watched = Watched()
        client, server = recording.bytes('client'), recording.bytes('server')
        secrets = sidewire.Secrets(recording.bytes('key_client_to_server'), recording.bytes('key_server_to_client'))

        def answer(event):
            if event.kind == Observed.NOISE and event.side == Side.CLIENT:
                watched.observer.open(secrets)
        greeting = server.index(b'\n', server.index(b'\n') + 1) + 1
        for end, stream, start, stop in ((1, server, 0, greeting), (0, client, 0, len(client)),
                                         (1, server, greeting, len(server))):
            for at in range(start, stop, piece):
                data = stream[at:min(at + piece, stop)]
                if lost is not None and end == 1 and lost[0] <= at < lost[1]:
                    watched.observer.lose_data(end, len(data))
                else:
                    watched.observer.receive_data(end, data)
                watched.tell(answer)
        for end in (0, 1):
            watched.observer.end_data(end)
        watched.tell(answer)
        return watched

    def test_pieces(self):
        for recording in SEALED:
            proof = [(Band.CHALLENGE_RESPONSE, recording.bytes('auth_body'))]
            for piece in [1, 2, 3, 7, 64, 1000, 1 << 20]:
                with self.subTest(recording.name, piece=piece):
                    watched = self.watch(recording, piece)
                    self.assertEqual(sides(watched.packets()), expected(recording, proof))
                    self.assertTrue(all(event.opened for event in watched.told if event.kind == Observed.RECORD))
            self.assertEqual(sidewire.user_of_proof(recording.bytes('auth_body')), recording.user.encode())

    def test_holes(self):
        """A hole is told with its size, and what comes behind it is decoded again."""
        recording = next(recording for recording in SEALED if 'small-records' in recording.name)
        watched = self.watch(recording, 100, (2000, 2300))
        events = watched.told
        self.assertEqual(sum(event.missing for event in events if event.kind == Observed.LOST), 300)
        hole = next(number for number, event in enumerate(events) if event.kind == Observed.LOST)
        self.assertTrue(any(event.kind == Observed.RECORD and event.opened for event in events[hole:]))
        self.assertEqual(watched.packets()[-1][1], recording.replies[-1][0])


if __name__ == '__main__':
    unittest.main()
