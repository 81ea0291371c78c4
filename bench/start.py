# SPDX-License-Identifier: ISC
"""What a user waits for when a program has little to do: its start, and one command over loopback from the
start of the client to its end, beside the openssl program doing the like. Wall time."""

import copy
import os
import statistics
import subprocess
import tempfile
import time

from end_to_end import Tls, Transfer, measure, ratio
from results import Failure, Row

REFUSED = 3 # the status of a client that is not let in


class Version(Transfer):
    """A program that tells its version and ends. That takes so little that what subprocess does of its own would be
    half of it."""

    def __init__(self, name, command):
        self.name, self.command = name, command

    def client(self):
        return self.command

    def run(self, output):
        start = time.perf_counter()
        pid = os.posix_spawnp(self.command[0], self.command, os.environ,
                              file_actions=[(os.POSIX_SPAWN_DUP2, output.fileno(), 1)])
        status = os.waitpid(pid, 0)[1]
        seconds = time.perf_counter() - start
        if status != 0:
            raise Failure(f'{self.name}: status {os.waitstatus_to_exitcode(status)}')
        return seconds


class Command(Transfer):
    """`version`, answered by sidewire-server."""

    def __init__(self, folder, build, keys, backend, sealed):
        self.name = f'{backend}, ' + ('sealed' if sealed else 'plain')
        self.key = f'{backend}_' + ('sealed' if sealed else 'plain')
        users = f'{folder}/users'
        with open(users, 'w', encoding='utf-8') as text:
            text.write(f'user bench {keys.public} -\n')
        os.chmod(users, 0o600)
        host_key = ['--host-key', f'{folder}/host-key'] if sealed else []
        port = self.start_server(
            folder, [f'{build}/tools/server/sidewire-server', '-u', users, '-l', '127.0.0.1', '-p', '0',
                     '--crypto', backend, *host_key], r'^listening on .*:(\d+)$')
        self.command = [f'{build}/tools/client/sidewire-client', '-H', '127.0.0.1', '-p', port, '-u',
                        'bench', '-k', keys.private, '--crypto', backend, '--known-servers',
                        f'{folder}/known of {self.key}', '--accept-new', 'version']

    def client(self):
        return self.command

    def refused(self):
        """The same server, asked by somebody whom it does not know: a handshake, and no command."""
        other = copy.copy(self)
        other.name = 'its handshake'
        other.command = [word if word != 'bench' else 'stranger' for word in self.command]
        other.status = REFUSED
        return other


def quietly(transfer):
    with open(os.devnull, 'wb') as output:
        return transfer.run(output) * 1000


def compare(ours, other, what, times):
    for transfer in ours:
        yield Row(f'start_{transfer.key}', f'{what}, {transfer.name}', 'ms',
                  statistics.median(times[transfer]), other.name, statistics.median(times[other]),
                  ratio(times[transfer], times[other]))


def compare_handshakes(handshakes, times):
    for command, handshake in handshakes.items():
        yield Row(f'start_{command.key}_handshake', f'a command over loopback, {command.name}', 'ms',
                  statistics.median(times[command]), handshake.name, statistics.median(times[handshake]),
                  ratio(times[command], times[handshake]))


def run(build, keys, rounds):
    names = subprocess.run([f'{build}/bench/stream_server', '--backends'], stdout=subprocess.PIPE,
                           text=True, check=True).stdout.split()
    own = Version('sidewire-client', [f'{build}/tools/client/sidewire-client', '--version'])
    own.key = 'version'
    openssl = Version('openssl', ['openssl', 'version'])
    servers = []
    tls = None
    with tempfile.TemporaryDirectory(prefix='sidewire-bench-') as folder:
        page = f'{folder}/page'
        with open(page, 'w', encoding='utf-8') as text:
            text.write('version\n')
        try:
            for name in names:
                for sealed in (False, True):
                    servers.append(Command(folder, build, keys, name, sealed))
            tls = Tls(folder, page)
            handshakes = {server: server.refused() for server in servers}
            transfers = [own, openssl, *servers, *handshakes.values(), tls]
            for transfer in transfers: # does not count
                quietly(transfer)
            times = measure(transfers, rounds, quietly)
        finally:
            for server in filter(None, [*servers, tls]):
                server.stop()
    return [*compare([own], openssl, 'start, --version', times),
            *compare(servers, tls, 'a command over loopback', times),
            *compare_handshakes(handshakes, times)]
