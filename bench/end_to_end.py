# SPDX-License-Identifier: ISC
"""A file over loopback, from a server to a client that are real programs: sidewire-client with the bench's
own server and with sidewire-server, s_client with s_server, socat with socat. Wall time from the start of the client
to its end, so with connection and handshake, and what both sides took of processors meanwhile."""

import copy
import os
import re
import resource
import shutil
import statistics
import subprocess
import tempfile
import time

from results import Failure, Row

SECONDS_MAX = 1800  # servers end by themselves then
SECONDS_TO_START = 20
SECONDS_TO_RUN = 300
MEMORY = '/dev/shm'
LARGE_BUFFER = 256 * 1024
PARTS = 4                   # that the file is uploaded in, as uploads have a limit
UPLOAD_MAX = 512 << 20
TICKS = os.sysconf('SC_CLK_TCK')
SECONDS_TO_REAP = 0.05


def work_of(pid):
    """Seconds of processors of a process and all that it started. Of those that ended it knows itself."""
    try:
        with open(f'/proc/{pid}/task/{pid}/children', encoding='ascii') as text:
            of_children = sum(work_of(child) for child in text.read().split())
        with open(f'/proc/{pid}/stat', encoding='utf-8') as text:
            ticks = text.read().rsplit(')', 1)[1].split()[11:15]
    except FileNotFoundError:
        return 0.0
    return sum(map(int, ticks)) / TICKS + of_children


class Transfer:
    """A server, and a client for each run."""
    name = ''
    server = None
    client_input = None
    status = 0 # that its client ends with

    def start_server(self, folder, command, port_pattern):
        """Starts it and returns the port that it prints."""
        log = f'{folder}/log of {self.name}'
        with open(log, 'wb') as output:
            self.server = subprocess.Popen(['timeout', str(SECONDS_MAX), *command], cwd=folder,
                                           stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        end = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < end and self.server.poll() is None:
            with open(log, encoding='utf-8') as text:
                if match := re.search(port_pattern, text.read(), re.MULTILINE):
                    return match.group(1)
            time.sleep(0.05)
        raise Failure(f'{self.name}: the server did not start')

    def stop(self):
        if self.server:
            self.server.terminate()
            self.server.wait()

    def client(self):
        """Its command line."""
        raise NotImplementedError

    def run(self, output):
        """Seconds of one transfer to a descriptor."""
        start = time.perf_counter()
        try:
            process = subprocess.run(self.client(), input=self.client_input, stdout=output,
                                     stderr=subprocess.PIPE, timeout=SECONDS_TO_RUN, check=False)
        except subprocess.TimeoutExpired as expired:
            raise Failure(f'{self.name}: not done after {SECONDS_TO_RUN} s') from expired
        seconds = time.perf_counter() - start
        if process.returncode != self.status:
            raise Failure(f'{self.name}: status {process.returncode}: {process.stderr.decode()}')
        return seconds

    def work(self):
        """Seconds of processors of its server, and of all clients."""
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return work_of(self.server.pid) + usage.ru_utime + usage.ru_stime


class Sidewire(Transfer):
    def __init__(self, folder, build, keys, file, backend):
        self.name = backend
        self.command = [f'{build}/tools/client/sidewire-client', '-H', '127.0.0.1', '-u', 'bench',
                        '-k', keys.private, '--crypto', backend]
        self.port = self.start_server(
            folder, [f'{build}/bench/stream_server', backend, keys.public, file, '1000000',
                     str(SECONDS_MAX)], r'^(\d+)$')

    def client(self):
        return [*self.command, '-p', self.port, 'cat']


class Database(Transfer):
    """The file as blobs of a sidewire-server: `catimg` of all of them, sealed or plain."""

    def __init__(self, folder, build, keys, backend):
        self.name = f'{backend}, sidewire-server'
        self.key = backend
        self.options = []
        users = f'{folder}/users'
        with open(users, 'w', encoding='utf-8') as text:
            text.write(f'user bench {keys.public} AFS_READ,AFS_WRITE\n')
        os.chmod(users, 0o600)
        port = self.start_server(
            folder, [f'{build}/tools/server/sidewire-server', '-u', users, '-l', '127.0.0.1', '-p', '0', '--crypto',
                     backend, '--host-key', f'{folder}/host-key', '--database', f'{folder}/database',
                     '--upload-limit', str(UPLOAD_MAX), '--memory-limit', str(3 * UPLOAD_MAX)],
            r'^listening on .*:(\d+)$')
        self.command = [f'{build}/tools/client/sidewire-client', '-H', '127.0.0.1', '-p', port, '-u', 'bench', '-k',
                        keys.private, '--crypto', backend, '--known-servers', f'{folder}/known of {backend}',
                        '--accept-new']

    def client(self):
        return [*self.command, *self.options, 'catimg', 'part *']

    def with_options(self, name, *options):
        """The same server, asked in another way."""
        other = copy.copy(self)
        other.name, other.key, other.options = f'{self.name}, {name}', f'{self.key}_{name}', options
        return other

    def upload(self, file):
        """Puts the file into the database; seconds."""
        start = time.perf_counter()
        part_size = os.path.getsize(file) // PARTS
        for i in range(PARTS):
            with open(file, 'rb') as whole:
                whole.seek(i * part_size)
                process = subprocess.Popen([*self.command, 'addimg', f'part {i}'], stdin=subprocess.PIPE)
                os.set_blocking(process.stdin.fileno(), True)
                left = part_size
                while left > 0:
                    left -= process.stdin.write(whole.read(min(left, 1 << 20)))
                process.stdin.close()
            if process.wait() != 0:
                raise Failure(f'{self.name}: nothing was uploaded')
        return time.perf_counter() - start


class SealedCalls(Transfer):
    """What could be reached sealed: AES-256-GCM of a library, and nothing else."""

    def __init__(self, folder, build, file, library):
        self.name = f'calls for sealed pieces, {library}'
        self.key = library
        self.program = f'{build}/bench/sealed_calls'
        self.port = self.start_server(folder, [self.program, 'serve', library, file, str(SECONDS_MAX)], r'^(\d+)$')

    def client(self):
        return [self.program, 'fetch', self.key, self.port]


class Tls(Transfer):
    name = 's_client and s_server'

    def __init__(self, folder, file):
        self.client_input = f'GET /{os.path.basename(file)} HTTP/1.0\r\n\r\n'.encode()
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj',
                        '/CN=bench', '-keyout', f'{folder}/tls-key', '-out', f'{folder}/tls-cert'],
                       stderr=subprocess.DEVNULL, check=True)
        # -HTTP: files are whole replies, nothing is put before them
        self.port = self.start_server(
            folder,
            ['openssl', 's_server', '-accept', '127.0.0.1:0', '-cert', f'{folder}/tls-cert', '-key',
             f'{folder}/tls-key', '-tls1_3', '-ciphersuites', 'TLS_AES_128_GCM_SHA256', '-HTTP'],
            r'^ACCEPT .*:(\d+)$')

    def client(self):
        return ['openssl', 's_client', '-quiet', '-connect', f'127.0.0.1:{self.port}']


class Socat(Transfer):
    def __init__(self, folder, file, buffer=None):
        self.name = 'socat' if buffer is None else f'socat -b {buffer}'
        self.program = ['socat'] + ([] if buffer is None else ['-b', str(buffer)])
        self.port = self.start_server(
            folder, [*self.program, '-d', '-d', '-U', 'TCP-LISTEN:0,bind=127.0.0.1,fork',
                     f'OPEN:{file},rdonly'], r'listening on .*:(\d+)$')

    def client(self):
        return [*self.program, '-u', f'TCP:127.0.0.1:{self.port}', '-']


def backends(build):
    return subprocess.run([f'{build}/bench/stream_server', '--backends'], stdout=subprocess.PIPE,
                          text=True, check=True).stdout.split()


def sealing_libraries(build):
    return subprocess.run([f'{build}/bench/sealed_calls'], stdout=subprocess.PIPE, text=True, check=True).stdout.split()


def make_file(path, mebibytes):
    with open(path, 'wb') as file:
        for _ in range(mebibytes):
            file.write(os.urandom(1 << 20))


def to_file(transfer, path, size):
    """Over what the file held before, so that no memory has to be found for it again."""
    output = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        seconds = transfer.run(output)
        if os.lseek(output, 0, os.SEEK_CUR) != size:
            raise Failure(f'{transfer.name}: not all of the file came')
    finally:
        os.close(output)
    return seconds


def to_nowhere(transfer):
    with open(os.devnull, 'wb') as output:
        return transfer.run(output)


def check(transfer, file, target):
    """That all comes, and comes unchanged. This is also the round that does not count."""
    to_file(transfer, target, os.path.getsize(file))
    if subprocess.run(['cmp', file, target], check=False).returncode != 0:
        raise Failure(f'{transfer.name}: the file came changed')


def ratio(ours, theirs):
    return statistics.median(b / a for a, b in zip(ours, theirs))


def compare(place, where, size_text, ours, others, times):
    """Each backend beside TLS, and the best of them beside all."""
    median = {transfer: statistics.median(samples) for transfer, samples in times.items()}
    best = min(ours, key=median.get)
    for transfer in ours:
        yield Row(f'end_to_end_{place}_{transfer.name}_tls',
                  f'{size_text} to {where}, {transfer.name}', 's', median[transfer],
                  others['tls'].name, median[others['tls']],
                  ratio(times[transfer], times[others['tls']]))
    for key, other in others.items():
        yield Row(f'end_to_end_{place}_best_{key}', f'{size_text} to {where}, best: {best.name}',
                  's', median[best], other.name, median[other], ratio(times[best], times[other]))


def compare_with_socat(kind, where, size_text, transfers, large, times, work):
    """By the wall, and by what both sides took of processors."""
    for transfer in transfers:
        yield Row(f'end_to_end_{kind}_{transfer.key}', f'{size_text} to {where}, {transfer.name}', 's',
                  statistics.median(times[transfer]), large.name, statistics.median(times[large]),
                  ratio(times[transfer], times[large]))
    for transfer in transfers:
        yield Row(f'end_to_end_{kind}_{transfer.key}_work', f'{size_text}, {transfer.name}: processors', 's',
                  statistics.median(work[transfer]), large.name, statistics.median(work[large]),
                  ratio(work[transfer], work[large]))


def measure(transfers, rounds, run):
    times = {transfer: [] for transfer in transfers}
    for _ in range(rounds):
        for transfer in transfers:
            times[transfer].append(run(transfer))
    return times


def noting_work(run, work):
    """The same run, which also notes the seconds of processors that it took."""
    def noted(transfer):
        before = transfer.work()
        seconds = run(transfer)
        time.sleep(SECONDS_TO_REAP)
        work.setdefault(transfer, []).append(transfer.work() - before)
        return seconds
    return noted


def run(build, keys, rounds, mebibytes):
    size = mebibytes << 20
    if shutil.disk_usage(MEMORY).free < 3.2 * size:
        raise Failure(f'{MEMORY}: less than {3.2 * mebibytes:.0f} MiB free; see --size')
    size_text = '1 GiB' if mebibytes == 1024 else f'{mebibytes} MiB'
    servers, others = [], {}
    with tempfile.TemporaryDirectory(dir=MEMORY, prefix='sidewire-bench-') as folder:
        file, target = f'{folder}/file', f'{folder}/copy'
        make_file(file, mebibytes)
        try:
            ours = [Sidewire(folder, build, keys, file, name) for name in backends(build)]
            servers += ours
            stores = [Database(folder, build, keys, name) for name in backends(build)]
            servers += stores
            stores[-1].upload(file)
            databases = [way for store in stores
                         for way in (store.with_options('plain', '--plain'), store.with_options('sealed'))]
            calls = [SealedCalls(folder, build, file, name) for name in sealing_libraries(build)]
            servers += calls
            others['tls'] = Tls(folder, file)
            others['socat'] = Socat(folder, file)
            others['socat_large'] = Socat(folder, file, LARGE_BUFFER)
            servers += others.values()
            transfers = [*ours, *databases, *calls, *others.values()]
            for transfer in transfers:
                check(transfer, file, target)
            work = {}
            to_null = measure(transfers, rounds, noting_work(to_nowhere, work))
            to_copy = measure([*ours, *others.values()], rounds, lambda t: to_file(t, target, size))
            large = others['socat_large']
            rows = [*compare('null', '/dev/null', size_text, ours, others, to_null),
                    *compare('file', 'a file in memory', size_text, ours, others, to_copy),
                    *compare_with_socat('server', '/dev/null', size_text, databases, large, to_null, work),
                    *compare_with_socat('calls', '/dev/null', size_text, calls, large, to_null, work)]
        finally:
            for server in servers:
                server.stop()
    return rows
