# SPDX-License-Identifier: ISC
"""A command to a server that is far away: a relay holds back what passes, half a round trip each way. Wall time from the
start of the client to the first byte of the answer, plain and sealed."""

import asyncio
import contextlib
import statistics
import subprocess
import tempfile
import threading
import time

from end_to_end import SECONDS_TO_RUN, Failure, backends, measure
from results import Row
from start import Command

ROUND_TRIP = 0.050


class Relay:
    """Takes connections at once, and passes on what is said after half a round trip."""

    def __init__(self, port):
        self.to = port
        self.loop = asyncio.new_event_loop()
        started = threading.Event()
        self.thread = threading.Thread(target=self.serve, args=(started,), daemon=True)
        self.thread.start()
        started.wait()

    def serve(self, started):
        async def begin():
            server = await asyncio.start_server(self.connected, '127.0.0.1', 0)
            self.port = server.sockets[0].getsockname()[1]
            started.set()

        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(begin())
        self.loop.run_forever()

    async def connected(self, reader, writer):
        there, back = await asyncio.open_connection('127.0.0.1', self.to)
        await asyncio.gather(self.pass_on(reader, back), self.pass_on(there, writer))

    async def pass_on(self, reader, writer):
        """Each piece has its own time, so that pieces do not wait for each other."""
        late = asyncio.Queue()

        async def deliver():
            while (piece := await late.get())[1] is not None:
                await asyncio.sleep(piece[0] - self.loop.time())
                writer.write(piece[1])
            await asyncio.sleep(piece[0] - self.loop.time())
            writer.close()

        delivery = asyncio.ensure_future(deliver())
        data = True
        while data:
            with contextlib.suppress(ConnectionError):
                data = await reader.read(65536)
            await late.put((self.loop.time() + ROUND_TRIP / 2, data or None))
        with contextlib.suppress(ConnectionError):
            await delivery

    async def finish(self):
        """The last pieces are still under way."""
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        if under_way:
            await asyncio.wait(under_way, timeout=4 * ROUND_TRIP)

    def stop(self):
        asyncio.run_coroutine_threadsafe(self.finish(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()


class FarCommand(Command):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.relay = Relay(int(self.command[4]))
        self.command[4] = str(self.relay.port)

    def stop(self):
        super().stop()
        self.relay.stop()

    def first_byte(self):
        """Milliseconds."""
        start = time.perf_counter()
        with subprocess.Popen(self.client(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            process.stdout.read(1)
            milliseconds = (time.perf_counter() - start) * 1000
            _, said = process.communicate(timeout=SECONDS_TO_RUN)
        if process.returncode != 0:
            raise Failure(f'{self.name}: status {process.returncode}: {said.decode()}')
        return milliseconds


def run(build, keys, rounds):
    commands = []
    with tempfile.TemporaryDirectory(prefix='sidewire-bench-') as folder:
        try:
            for name in backends(build):
                for sealed in (False, True):
                    commands.append(FarCommand(folder, build, keys, name, sealed))
            for command in commands: # does not count: servers are written down
                command.first_byte()
            times = measure(commands, rounds, FarCommand.first_byte)
        finally:
            for command in commands:
                command.stop()
    for plain, sealed in zip(commands[::2], commands[1::2]):
        saved = [a - b for a, b in zip(times[plain], times[sealed])]
        yield Row(f'delay_{sealed.key}', f'first output, {sealed.name}, 50 ms away', 'ms',
                  statistics.median(times[sealed]), plain.name, statistics.median(times[plain]),
                  statistics.median(a / b for a, b in zip(times[plain], times[sealed])))
        yield Row(f'delay_{sealed.key}_saved', f'{sealed.name}: round trips less than plain', '',
                  statistics.median(saved) / (ROUND_TRIP * 1000))
