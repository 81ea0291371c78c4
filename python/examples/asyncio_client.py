#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A client with asyncio: runs one command on a server, with standard input as its upload. Exit status: that of the
command, or 2 if anything else went wrong."""

import argparse
import asyncio
import os
import sys

import sidewire

PIECE = 65536


async def move_bytes(session, reader, writer):
    """Writes what there is to write, else reads."""
    if data := session.data_to_send():
        writer.write(data)
        await writer.drain()
    else:
        session.receive_data(await reader.read(session.rx_room))


async def upload(session, writer):
    """While answers are read: the server may refuse it at any time."""
    while data := await asyncio.to_thread(sys.stdin.buffer.read, PIECE):
        while data:
            data = data[session.send(sidewire.Band.BLOB_DATA, data) or 0:]
            writer.write(session.data_to_send())
            await writer.drain()
    session.send(sidewire.Band.BLOB_DATA)
    writer.write(session.data_to_send())


async def run(config, host, port, arguments, known_server):
    reader, writer = await asyncio.open_connection(host, port)
    with sidewire.Session(config) as session:
        status = uploading = None
        while status is None:
            event = session.next()
            if isinstance(event, sidewire.ServerKeyEvent):
                session.accept(event.key == known_server)
            elif isinstance(event, sidewire.ReadyEvent):
                session.command(arguments)
            elif isinstance(event, sidewire.DataEvent):
                out = sys.stdout if event.band == sidewire.Band.OUTPUT else sys.stderr
                out.buffer.write(event.data)
            elif isinstance(event, sidewire.AwaitingDataEvent):
                uploading = asyncio.create_task(upload(session, writer))
            elif isinstance(event, sidewire.ExitEvent):
                status = event.status
            else:
                await move_bytes(session, reader, writer)
        if uploading is not None:
            uploading.cancel()
    writer.close()
    return status


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--server-key', help='by which the server is known, in base64: the session is to be sealed')
    parser.add_argument('host')
    parser.add_argument('port', type=int)
    parser.add_argument('user')
    parser.add_argument('key', help="file of the user's private key")
    parser.add_argument('command', nargs='+')
    options = parser.parse_args()
    try:
        known = sidewire.ServerPublicKey.from_text(options.server_key) if options.server_key else None
        features = None if known else sidewire.FEATURES_ALL
        config = sidewire.ClientConfig(user=os.fsencode(options.user), key=sidewire.PrivateKey.from_file(options.key),
                                       policy=sidewire.Policy(features, require_sealed=known is not None))
        arguments = [os.fsencode(argument) for argument in options.command]
        return asyncio.run(run(config, options.host, options.port, arguments, known))
    except (sidewire.Error, OSError) as error:
        print(f'{parser.prog}: {error}', file=sys.stderr)
        return 2


if __name__ == '__main__':
    sys.exit(main())
