#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What plays on an audio server: a line for each round of its status items, until it ends or --rounds came. The session
is sealed if the server's key is given, else plain. Titles go to the terminal without their control characters."""

import argparse
import os
import socket
import sys

import sidewire
from sidewire import audio

PATIENCE = 60       # seconds; a round comes at least every 50


def clock(text):
    seconds = int(text) if text.isdigit() else 0
    return f'{seconds // 60}:{seconds % 60:02}'


def line(values):
    """Of the items of one round."""
    state = audio.format_state(audio.parse_state(values['status']))
    last = ', the last' if audio.parse_flags(values['status_flags']) & audio.StatusFlag.NOMORE else ''
    title = ''.join(c if c.isprintable() else '?' for c in values['basename'].decode(errors='replace'))
    return f"{state} {clock(values['offset'])} of {clock(values['seconds_total'])}{last}: {title}"


class Watch:
    def __init__(self):
        self.reader, self.values = audio.StatusReader(), {}
        self.last = list(audio.STATUS_ITEMS)[-1].name

    def take(self, data):
        self.reader.receive_data(data)
        for item in self.reader.items():
            self.values[item.name] = item.value
            if item.name == self.last:
                print(line(self.values), flush=True)


def run(config, address, rounds, known):
    command, watch = audio.StatArguments(rounds, parser_friendly=True).format(), Watch()
    with socket.create_connection(address, PATIENCE) as peer, sidewire.Session(config) as session:
        while True:
            event = session.next()
            if isinstance(event, sidewire.ServerKeyEvent):
                session.accept(event.key == known)
            elif isinstance(event, sidewire.ReadyEvent):
                session.command(command)
            elif isinstance(event, sidewire.DataEvent) and event.band == sidewire.Band.OUTPUT:
                watch.take(event.data)
            elif isinstance(event, sidewire.DataEvent):
                sys.stderr.buffer.write(event.data)
            elif isinstance(event, sidewire.ExitEvent):
                watch.reader.end()
                return event.status
            elif data := session.data_to_send():
                peer.sendall(data)
            else:
                # straight to where the session decrypts it
                count = peer.recv_into(session.rx_space())
                if count == 0:
                    session.rx_end()
                else:
                    session.rx_commit(count)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--rounds', type=int, default=0, help='how many; 0: without end')
    parser.add_argument('--server-key', help='by which the server is known, in base64: the session is to be sealed')
    parser.add_argument('host')
    parser.add_argument('port', type=int)
    parser.add_argument('user')
    parser.add_argument('key', help="file of the user's private key")
    options = parser.parse_args()
    try:
        known = sidewire.ServerPublicKey.from_text(options.server_key) if options.server_key else None
        policy = sidewire.Policy(None if known else sidewire.FEATURES_ALL, require_sealed=known is not None)
        config = sidewire.ClientConfig(os.fsencode(options.user), sidewire.PrivateKey.from_file(options.key), policy=policy)
        return run(config, (options.host, options.port), options.rounds, known)
    except (sidewire.Error, OSError, ValueError) as error:
        print(f'{parser.prog}: {error}', file=sys.stderr)
        return 2


if __name__ == '__main__':
    sys.exit(main())
