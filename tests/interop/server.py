# SPDX-License-Identifier: ISC
"""A server of the second implementation: commands that a test can recognise, in any kind of session."""

import hashlib
import socket
import threading

import plain
import sealed
from packets import Band, PacketStream, ProtocolError, Wire

SECONDS_MAX = 20
MANY_RECORDS = sealed.REKEY_EVERY + 100


def run_command(arguments, packets):
    """Reply of a command: exit status."""
    if arguments[0] == 'echo':
        packets.send(Band.OUTPUT, ','.join(arguments[1:]).encode() + b'\n')
    elif arguments[0] == 'addimg':
        packets.send(Band.AWAITING_DATA)
        packets.send(Band.OUTPUT, digest_line(plain.read_upload(packets)))
    elif arguments[0] == 'many':
        for i in range(MANY_RECORDS):
            packets.send(Band.OUTPUT, bytes([ord('a') + i % 26]))
    else:
        packets.send(Band.ERROR_LOG, b'invalid command\n')
        return 1
    return 0


def digest_line(data):
    return f'{len(data)} {hashlib.sha256(data).hexdigest()}\n'.encode()


class Server:
    """Serves until it is stopped. What a connection ended with, besides a reply, is in `errors`."""

    def __init__(self, users, features, host_key=None, silent_about_sealing=False):
        self.users, self.features, self.host_key = users, features, host_key
        self.silent = silent_about_sealing
        self.errors = []
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.listener.settimeout(SECONDS_MAX)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(SECONDS_MAX)
                try:
                    self.serve_one(connection)
                except (ProtocolError, OSError) as error:
                    self.errors.append(str(error))

    def greeting(self):
        lines = b'This is a second implementation.\n'
        offered = list(self.features)
        if self.host_key is not None and not self.silent:
            offered += sealed.SUITES
        return lines + (f'Features: {",".join(offered)}\n'.encode() if offered else b'')

    def serve_one(self, connection):
        wire = Wire(connection)
        greeting = self.greeting()
        wire.send(greeting)
        start = connection.recv(10, socket.MSG_PEEK)
        if start.startswith(b'auth noise'):
            packets = self.seal(wire, greeting)
        elif plain.admit(wire, self.users, self.host_key is not None):
            packets = PacketStream(wire)
        else:
            self.reply_legacy(wire)
            return
        if packets is not None:
            self.reply(packets)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass

    def seal(self, wire, greeting):
        line = b''
        while not line.endswith(b'\n'):
            line += wire.receive(1)
        packets, handshake_hash = sealed.accept(wire, greeting, line[5:-1].decode(), self.host_key)
        return packets if sealed.admit(packets, handshake_hash, self.users) else None

    @staticmethod
    def reply(packets):
        status = run_command(plain.read_command(packets.expect(Band.COMMAND, 32768)), packets)
        packets.send(Band.EXIT_SUCCESS + status)

    @staticmethod
    def reply_legacy(wire):
        arguments = plain.read_command_legacy(wire)
        if arguments[0] == 'addimg':
            wire.send(digest_line(plain.read_upload_legacy(wire)))
        else:
            wire.send(','.join(arguments[1:]).encode() + b'\n')
