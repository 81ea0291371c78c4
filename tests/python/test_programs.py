# SPDX-License-Identifier: ISC
"""The examples of the package with sidewire's programs, and with each other: test_programs.py CLIENT SERVER DUMP [...]
So does README's program."""

import ipaddress
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

import sidewire
from sidewire import audio
from support import ROOT

CLIENT, SERVER, DUMP = sys.argv[1:4]
EXAMPLES = ROOT / 'python' / 'examples'
SECONDS = 60
DATA = bytes(range(256)) * 3000
HAS_ED25519 = sidewire.Crypto.shared().table.contents.ed25519_sign is not None
KEYS = ('rsa', 'ed25519') if HAS_ED25519 else ('rsa',)


def setUpModule():
    """Keys of users and of the server, and a list of users, which nobody else may write."""
    os.umask(0o022)
    global FOLDER, PIN
    made = tempfile.TemporaryDirectory(prefix='sidewire-python-')
    unittest.addModuleCleanup(made.cleanup)
    FOLDER = pathlib.Path(made.name)
    for name, options in (('rsa', ['-b', '2048']), ('ed25519', []), ('other', ['-b', '2048'])):
        kind = 'ed25519' if name == 'ed25519' else 'rsa'
        subprocess.run(['ssh-keygen', '-q', '-t', kind, *options, '-N', '', '-f', FOLDER / name], check=True)
    host = sidewire.ServerKey.make()
    (FOLDER / 'host').write_bytes(host.pem)
    (FOLDER / 'host').chmod(0o600)
    PIN = host.public.text
    (FOLDER / 'users').write_text(''.join(f'user {name} {name}.pub AFS_READ,AFS_WRITE,VSS_READ,VSS_WRITE\n'
                                          for name in ('rsa', 'ed25519')), encoding='ascii')


class Listening:
    """A server, on a port of its own, until the end of the block."""

    def __init__(self, *command, **environment):
        self.command, self.environment = [os.fspath(word) for word in command], environment

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env={**os.environ, **self.environment})
        self.port = re.search(rb':(\d+)$', self.process.stdout.readline().rstrip()).group(1).decode()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.errors = self.process.communicate(timeout=SECONDS)[1].decode()


def our_server(*options, **environment):
    return Listening(SERVER, '-u', FOLDER / 'users', '-l', '127.0.0.1', '-p', '0', *options, **environment)


def their_server(*options, user='rsa', example='asyncio_server.py'):
    return Listening(sys.executable, EXAMPLES / example, *options, '0', user, FOLDER / f'{user}.pub')


def run(*command, data=b''):
    return subprocess.run([os.fspath(word) for word in command], input=data, capture_output=True, timeout=SECONDS,
                          check=False)


def our_client(server, *arguments, user='rsa', key=None, options=(), data=b''):
    return run(CLIENT, '--config', '', '-H', '127.0.0.1', '-p', server.port, '-u', user, '-k', FOLDER / (key or user),
               '--known-servers', '', *options, *arguments, data=data)


def their_client(server, *arguments, user='rsa', key=None, options=(), data=b''):
    return run(sys.executable, EXAMPLES / 'asyncio_client.py', *options, '127.0.0.1', server.port, user,
               FOLDER / (key or user), *arguments, data=data)


def logged_session(port, features):
    """Runs a command over a socket. The line of a key log."""
    config = sidewire.ClientConfig('rsa', sidewire.PrivateKey.from_file(FOLDER / 'rsa'), policy=sidewire.Policy(features))
    with socket.create_connection(('127.0.0.1', port), SECONDS) as peer, sidewire.Session(config) as session:
        secrets, line = session.log_keys(), None
        while not isinstance(event := session.next(), sidewire.ExitEvent):
            if isinstance(event, sidewire.ServerKeyEvent):
                session.accept(event.key.text == PIN)
            elif isinstance(event, sidewire.ReadyEvent):
                line = secrets.line
                session.command(['version'])
            elif event is None and (data := session.data_to_send()):
                peer.sendall(data)
            elif event is None:
                session.receive_data(peer.recv(session.rx_room))
    return line


class Programs(unittest.TestCase):
    def check(self, done, status, output, errors=b''):
        self.assertEqual((done.returncode, done.stdout), (status, output), done.stderr)
        self.assertIn(errors, done.stderr)

    def test_client(self):
        """The package's client, our server."""
        with our_server() as plain, our_server('--host-key', FOLDER / 'host') as sealed:
            for server, options, users in ((plain, (), ('rsa',)), (sealed, ('--server-key', PIN), KEYS)):
                for user in users:
                    with self.subTest(options=options, user=user):
                        more = {'user': user, 'options': options}
                        self.check(their_client(server, 'addimg', 'x', data=DATA, **more), 0, b'')
                        self.check(their_client(server, 'catimg', 'x', **more), 0, DATA)
                        self.check(their_client(server, 'nosuch', **more), 1, b'', b'invalid command')
                        self.check(their_client(server, 'version', key='other', **more), 2, b'')

    def test_refused_upload(self):
        """While the client sends, it reads that the server does not want it."""
        with our_server('--upload-limit', '100000') as server:
            self.check(their_client(server, 'addimg', 'x', data=DATA * 8), 1, b'', b'file too large')

    def test_other_server(self):
        with our_server('--host-key', FOLDER / 'host') as server:
            pin = sidewire.ServerKey.make().public.text
            self.check(their_client(server, 'version', options=('--server-key', pin)), 2, b'', b'not accepted')
        with our_server() as server:
            self.check(their_client(server, 'version', options=('--server-key', PIN)), 2, b'', b'no sealed session')

    def test_server(self):
        """Our client, the package's server."""
        for options, more, users in (((), (), ('rsa',)),
                                     (('--host-key', FOLDER / 'host'), ('--server-key', PIN), KEYS)):
            for user in users:
                with self.subTest(options=options, user=user), their_server(*options, user=user) as server:
                    arguments, upload = {'user': user, 'options': more}, ('--upload', *more)
                    self.check(our_client(server, 'echo', 'a', 'b c', **arguments), 0, b'a b c\n')
                    self.check(our_client(server, 'count', data=DATA, user=user, options=upload), 0, b'%d bytes\n' % len(DATA))
                    self.check(our_client(server, 'count', data=bytes(6 << 20), user=user, options=upload), 1, b'',
                               b'file too large')
                    self.check(our_client(server, 'nosuch', **arguments), 1, b'', b'invalid command')
                    done = our_client(server, 'echo', key='other', **arguments)
                    self.assertEqual(done.returncode, 3, done.stderr)

    def test_both(self):
        with their_server() as server:
            self.check(their_client(server, 'echo', 'hello'), 0, b'hello\n')

    def check_playing(self, server, options):
        """Commands of typed arguments, and what status items then say, in both forms."""
        def client(arguments):
            return our_client(server, *[os.fsdecode(argument) for argument in arguments], options=options)

        def values(form):
            arguments = audio.StatArguments(1, form == audio.StatusForm.PARSER)
            done, reader = client(arguments.format()), audio.StatusReader(form)
            self.assertEqual(done.returncode, 0, done.stderr)
            reader.receive_data(done.stdout)
            read = {item.name: item.value for item in reader.items()}
            reader.end()
            return read

        self.check(client(audio.JmpArguments(50).format()), 1, b'', b'no audio file')
        self.check(client(['ff', '-3']), 1, b'', b'syntax error in command')
        self.check(client(['nosuch']), 1, b'', b'invalid command')
        for form, command, state in ((audio.StatusForm.PARSER, ['play'], 'playing'),
                                     (audio.StatusForm.HUMAN, audio.JmpArguments(50).format(), 'playing'),
                                     (audio.StatusForm.PARSER, audio.FfArguments(5, True).format(), 'playing'),
                                     (audio.StatusForm.HUMAN, ['pause'], 'paused'),
                                     (audio.StatusForm.PARSER, ['stop'], 'stopped')):
            self.check(client(command), 0, b'')
            read = values(form)
            self.assertEqual(list(read), [item.name for item in audio.STATUS_ITEMS])
            self.assertEqual(audio.format_state(audio.parse_state(read['status'])), state)
            audio.parse_flags(read['status_flags'])
            self.assertGreater(audio.parse_time(read['current_time']).seconds, 0)
            if state != 'stopped':
                self.assertEqual(read['basename'], b'First Light.ogg')
            if command[0] == b'jmp':
                self.assertIn(int(read['offset']), range(107, 112))

    def test_player(self):
        """The audio room with our client: our server is what the package's has to be like."""
        with our_server() as ours, their_server(example='asyncio_player.py') as theirs, \
                their_server('--host-key', FOLDER / 'host', example='asyncio_player.py') as sealed:
            for server, options in ((ours, ()), (theirs, ()), (sealed, ('--server-key', PIN))):
                with self.subTest(server=server.command[1]):
                    self.check_playing(server, options)

    def test_senders(self):
        with our_server() as server:
            allow = audio.SenderArguments(audio.SenderSubcommand.ALLOW, next(iter(audio.SENDERS)),
                                          ipaddress.IPv4Interface('10.0.0.0/8'))
            self.check(their_client(server, *map(os.fsdecode, allow.format())), 0, b'')
            self.assertIn(b'10.0.0.0/8', their_client(server, 'si').stdout)

    def test_status_watch(self):
        """A display of what plays, of both servers: a command makes a new line."""
        with our_server() as ours, their_server(example='asyncio_player.py') as theirs:
            for server in (ours, theirs):
                with self.subTest(server=server.command[1]), subprocess.Popen(
                        [sys.executable, EXAMPLES / 'status_watch.py', '--rounds', '2', '127.0.0.1', server.port, 'rsa',
                         FOLDER / 'rsa'], stdout=subprocess.PIPE) as watch:
                    self.assertEqual(watch.stdout.readline(), b'stopped 0:00 of 0:00: \n')
                    self.check(our_client(server, 'play'), 0, b'')
                    self.assertEqual(watch.stdout.readline(), b'playing 0:00 of 3:34: First Light.ogg\n')
                    self.assertEqual(watch.wait(SECONDS), 0)

    @unittest.skipUnless(shutil.which('editcap'), 'needs editcap')
    def test_observer(self):
        """What the package sees in a recording of our client is what sidewire-dump prints."""
        log, log_of = FOLDER / 'keys.log', {'SIDEWIREKEYLOGFILE': str(FOLDER / 'keys.log')}
        for name, options, more, key in (('plain', (), (), ('--key', FOLDER / 'rsa')),
                                         ('sealed', ('--host-key', FOLDER / 'host'), ('--server-key', PIN),
                                          ('--keylog', log))):
            with self.subTest(name), our_server(*options, **log_of) as server:
                capture = FOLDER / f'{name}.pcapng'
                done = our_client(server, 'help', 'ff', options=('--record', capture, *more))
                self.assertEqual(done.returncode, 0, done.stderr)
                converted = FOLDER / f'{name}.pcap'
                subprocess.run(['editcap', '-F', 'pcap', capture, converted], check=True)
                done = run(sys.executable, EXAMPLES / 'observe.py', *key, converted, server.port)
                self.assertEqual(done.returncode, 0, done.stderr)
                lines = done.stdout.decode().splitlines()
                self.assertIn('client: COMMAND, 8 bytes help.ff.', lines)
                self.assertEqual(lines[-1], 'server: EXIT_SUCCESS, 0 bytes ')
                output = b''.join(line.split(b' bytes ', 1)[1] for line in done.stdout.splitlines()
                                  if line.startswith(b'server: OUTPUT'))
                self.assertIn(b'permissions:', output)
                bare = run(sys.executable, EXAMPLES / 'observe.py', converted, server.port).stdout
                self.assertNotIn(b'COMMAND', bare)
                self.assertIn(b', encrypted', bare)

    def test_key_log(self):
        """sidewire-dump reads keys that the package logged."""
        for name, options, features in (('plain', (), sidewire.FEATURES_ALL), ('sealed', ('--host-key', FOLDER / 'host'), None)):
            with self.subTest(name):
                capture, log = FOLDER / f'logged-{name}.pcapng', FOLDER / f'{name}.keys'
                with our_server('--record', capture, *options) as server:
                    log.write_text(logged_session(int(server.port), features) + '\n', encoding='ascii')
                done = run(DUMP, '--keylog', log, capture)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(b'"version"', done.stdout)
                self.assertNotIn(b'"version"', run(DUMP, capture).stdout)

    def test_readme(self):
        """README's program, as it stands but for user, key and port."""
        with our_server('--host-key', FOLDER / 'host') as server:
            text = README_PROGRAM
            for old, new in (("from_file('key')", f"from_file('{FOLDER / 'rsa'}')"), ("user='me'", "user='rsa'"),
                             ('2990', server.port), ('what you know of your server', PIN)):
                self.assertIn(old, text)
                text = text.replace(old, new)
            done = run(sys.executable, '-c', text)
            self.assertEqual((done.returncode, done.stdout[:15]), (0, b'sidewire-server'), done.stderr)


    def test_readme_status(self):
        """And the one behind it, with what it is told to be about."""
        with our_server() as server:
            output = our_client(server, 'stat', '-n=1', '-p').stdout
        done = run(sys.executable, '-c', README_STATUS, data=output)
        self.assertEqual((done.returncode, done.stdout[:25]), (0, b'file_size 0\nstatus stoppe'), done.stderr)


README_PROGRAM, README_STATUS = re.findall(r'```python\n(.*?)```', (ROOT / 'python' / 'README.md').read_text(encoding='utf-8'),
                                           re.DOTALL)


if __name__ == '__main__':
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
