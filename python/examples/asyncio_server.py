#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A server with asyncio, for any number of clients at a time. Its commands are `echo`, which prints its arguments, and
`count`, which takes an upload and says how many bytes it has. Listens on 127.0.0.1; ends by a signal."""

import argparse
import asyncio
import sys

import sidewire

TIME_TO_LOG_IN = 10     # seconds
TIME_TO_CLOSE = 5
UPLOAD_MAX = 5 << 20


class Connection:
    def __init__(self, config, users, reader, writer):
        self.session = sidewire.Session(config)
        self.users, self.reader, self.writer = users, reader, writer

    async def flush(self):
        self.writer.write(self.session.data_to_send())
        await self.writer.drain()

    async def next(self):
        """The next event, for which bytes are written and read."""
        while (event := self.session.next()) is None:
            await self.flush()
            if self.session.wants == 0:
                return sidewire.ClosedEvent()
            if self.session.wants & sidewire.Want.READ:
                self.session.receive_data(await self.reader.read(self.session.rx_room))
        return event

    async def say(self, band, text):
        while text:
            text = text[self.session.send(band, text) or 0:]
            await self.flush()

    async def command(self):
        """Logs the user in. His command, or None if there is none."""
        while True:
            event = await self.next()
            if isinstance(event, sidewire.KeyEvent):
                self.session.key(self.users.get(event.user))
            elif isinstance(event, sidewire.CommandEvent):
                return event
            elif isinstance(event, sidewire.ClosedEvent):
                return None

    async def upload(self):
        """How many bytes it has; None if that is too much, or the client went away."""
        self.session.send(sidewire.Band.AWAITING_DATA)
        count = 0
        while count <= UPLOAD_MAX:
            event = await self.next()
            if not isinstance(event, sidewire.DataEvent):
                return None
            if not event.data:
                return count
            count += len(event.data)
        return None

    async def run(self, event):
        """Runs a command. Its exit status."""
        if event.error is not None:
            await self.say(sidewire.Band.ERROR_LOG, event.refusal + b'\n')
        elif event.arguments[0] == b'echo':
            await self.say(sidewire.Band.OUTPUT, b' '.join(event.arguments[1:]) + b'\n')
            return 0
        elif event.arguments == (b'count',):
            if (count := await self.upload()) is not None:
                await self.say(sidewire.Band.OUTPUT, b'%d bytes\n' % count)
                return 0
            await self.say(sidewire.Band.ERROR_LOG, b'file too large\n')
        else:
            await self.say(sidewire.Band.ERROR_LOG, b'invalid command\n')
        return 1

    async def close(self, status):
        """Says how it ended, and reads until the client closes: TCP would throw that away otherwise."""
        while not self.session.exit(status):
            await self.flush()
        await self.flush()
        self.writer.write_eof()
        while await self.reader.read(65536):
            pass

    async def serve(self):
        try:
            event = await asyncio.wait_for(self.command(), TIME_TO_LOG_IN)
            if event is not None:
                await asyncio.wait_for(self.close(await self.run(event)), TIME_TO_CLOSE)
        except sidewire.PeerError as error:
            print(f'client: {error}', file=sys.stderr)
        except (OSError, asyncio.TimeoutError) as error:
            print(f'connection: {error or "too slow"}', file=sys.stderr)
        finally:
            self.session.wipe()
            self.writer.close()


async def listen(make, config, users, port):
    """make: the class of its connections."""
    def serve(reader, writer):
        return make(config, users, reader, writer).serve()
    server = await asyncio.start_server(serve, '127.0.0.1', port)
    print(f'listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}', flush=True)
    async with server:
        await server.serve_forever()


def main(make, description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument('--host-key', help='file of the X25519 key that seals sessions')
    parser.add_argument('port', type=int, help='0: any')
    parser.add_argument('user')
    parser.add_argument('key', help="file of the user's public key")
    options = parser.parse_args()
    try:
        users = {options.user.encode(): sidewire.PublicKey.from_file(options.key)}
        key = sidewire.ServerKey.from_file(options.host_key) if options.host_key else None
        config = sidewire.ServerConfig(key=key, key_kinds=sidewire.key_kinds(users.values()))
        asyncio.run(listen(make, config, users, options.port))
    except (sidewire.Error, OSError) as error:
        print(f'{parser.prog}: {error}', file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == '__main__':
    sys.exit(main(Connection, __doc__))
