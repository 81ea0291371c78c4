# SPDX-License-Identifier: ISC
"""What one more costs as there are more of them: sessions, connections, users, entries, captured sessions.
Processor time, of the program that is measured alone; drawn by gnuplot: `script/bench --plot`."""

import os
import resource
import signal
import sqlite3
import socket
import subprocess
import tempfile
from dataclasses import dataclass, field

from end_to_end import Transfer
from results import Failure

DOCUMENT = 'docs/growth.svg'
SIZES = [10, 100, 1000, 10_000, 100_000]
FLOWS = [10, 100, 1000, 10_000, 60_000]    # as many as sidewire-dump watches at a time
ROUNDS = 20                                 # commands, whose mean is taken
STARTS = 5                                  # of a program, of which the quickest is taken
TICKS = os.sysconf('SC_CLK_TCK')


@dataclass
class Curve:
    of: str
    what: str
    points: list = field(default_factory=list)  # (how many, microseconds)


def used_by(command, **options):
    """Seconds of processor time of a program from its start to its end."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **options)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Failure(f'{command[0]}: status {process.returncode}')
    return usage.ru_utime + usage.ru_stime


def used_so_far(pid):
    """The same of one that runs, to the scheduler's nanosecond, all its threads."""
    total = 0
    for thread in os.listdir(f'/proc/{pid}/task'):
        with open(f'/proc/{pid}/task/{thread}/schedstat', encoding='ascii') as file:
            total += int(file.read().split()[0])
    return total / 1e9


def per_one(measure, sizes):
    """Microseconds of each, without what the least number of them takes: that is the program's start."""
    least = measure(sizes[0])
    for size in sizes[2:]:      # ten times the least number is lost in what starts differ
        yield size, (measure(size) - least) / (size - sizes[0]) * 1e6


class Server(Transfer):
    """sidewire-server in a folder of its own, with a list of so many users, all with one key."""

    def __init__(self, build, keys, users=1, options=()):
        self.name = 'sidewire-server'
        self.build, self.keys = build, keys
        self.folder = tempfile.TemporaryDirectory(prefix='sidewire-bench-', dir='/dev/shm')
        users_path = f'{self.folder.name}/users'
        with open(users_path, 'w', encoding='utf-8') as text:
            text.writelines(f'user u{i} {keys.public} AFS_READ,AFS_WRITE\n' for i in range(users))
        os.chmod(users_path, 0o600)
        self.port = self.start_server(
            self.folder.name, [f'{build}/tools/server/sidewire-server', '-u', users_path, '-p', '0',
                               '--crypto', 'openssl', *options], r'^listening on .*:(\d+)$')
        with open(f'/proc/{self.server.pid}/task/{self.server.pid}/children', encoding='ascii') as file:
            self.pid = int(file.read().split()[0])      # of timeout's child

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self.folder.cleanup()

    def command(self, *words, user='u0', rounds=ROUNDS):
        """Microseconds that the server takes for one."""
        client = [f'{self.build}/tools/client/sidewire-client', '-H', '127.0.0.1', '-p', self.port, '-u',
                  user, '-k', self.keys.private, '--crypto', 'openssl', *words]
        before = used_so_far(self.pid)
        for _ in range(rounds):
            used_by(client)
        return (used_so_far(self.pid) - before) / rounds * 1e6


# ---- what is measured ----

def sessions(build, keys):
    def use(size):
        return used_by([f'{build}/bench/memory', str(size), keys.private, keys.public])
    yield Curve('sessions in one process', 'connect, command and end, both sides', list(per_one(use, SIZES)))


def connections(build, keys):
    curve = Curve('open connections', 'a command beside them')
    descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
    most = min(SIZES[-1], descriptors) * 7 // 10    # of the places, a quarter is for those that are logged in
    options = ['--max-connections', str(SIZES[-1]), '--max-per-source', '0', '--handshake-timeout', '3600']
    for size in [*filter(lambda size: size < most, SIZES), most]:
        with Server(build, keys, options=options) as server:
            crowd = [socket.create_connection(('127.0.0.1', server.port),
                                              source_address=(f'127.0.1.{1 + i // 10_000}', 0))
                     for i in range(size)]
            for one in crowd[-1:]:
                one.recv(1)         # the greeting: it is served
            curve.points.append((size, server.command('version')))
            for one in crowd:
                one.close()
    yield curve


def users(build, keys):
    start, login = Curve('users', 'read one at the start'), Curve('users', 'a command of the last one')
    started = {}
    for size in SIZES:
        for _ in range(STARTS):
            with Server(build, keys, users=size) as server:
                started[size] = min(used_so_far(server.pid), started.get(size, 1e9))
        with Server(build, keys, users=size) as server:
            login.points.append((size, server.command('version', user=f'u{size - 1}')))
    start.points = list(per_one(started.get, SIZES))
    yield start
    yield login


def fill(database, entries):
    with sqlite3.connect(database) as connection:
        connection.executemany(
            'INSERT INTO images (name, revision, contents) VALUES (?, 1, ?)',
            ((f'picture {i}'.encode(), b'contents') for i in range(entries)))


def entries(build, keys):
    listed, one = Curve('entries', 'list one of all'), Curve('entries', 'write out a single one')
    times = {}
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix='sidewire-bench-', dir='/dev/shm') as folder:
            database = f'{folder}/database'
            Server(build, keys, options=['--database', database]).__exit__()    # makes the tables
            fill(database, size)
            with Server(build, keys, options=['--database', database]) as server:
                times[size] = server.command('lsimg', rounds=3) / 1e6
                one.points.append((size, server.command('catimg', f'picture {size // 2}')))
    listed.points = list(per_one(times.get, SIZES))
    yield listed
    yield one


def captures(build, keys):
    with tempfile.TemporaryDirectory(prefix='sidewire-bench-', dir='/dev/shm') as folder:
        def use(size):
            log, capture = f'{folder}/keys', f'{folder}/capture'
            subprocess.run([f'{build}/bench/dump/make-capture', '-k', keys.private, '-w', capture, '-s', str(size),
                            '-n', '4'], env={**os.environ, 'SIDEWIREKEYLOGFILE': log}, check=True,
                           stdout=subprocess.DEVNULL)
            used = used_by([f'{build}/tools/dump/sidewire-dump', '--keylog', log, capture])
            os.remove(log)
            os.remove(capture)
            return used
        yield Curve('captured sessions, all at a time', 'decode one', list(per_one(use, FLOWS)))


# ---- drawn ----

def draw(curves, path):
    """One picture for each kind of thing."""
    kinds = list(dict.fromkeys(curve.of for curve in curves))
    script = [f"set terminal svg size 900,{260 * ((len(kinds) + 1) // 2)} font 'sans-serif,11' background '#ffffff'",
              f"set output '{path}'", f'set multiplot layout {(len(kinds) + 1) // 2},2',
              'set logscale xy', 'set xrange [8:130000]', 'set yrange [0.1:100000]', "set format '10^%T'",
              'set grid', 'set key top right', "set ylabel 'µs'"]
    for kind in kinds:
        mine = [curve for curve in curves if curve.of == kind]
        script.append(f"set title '{kind}'")
        script.append('plot ' + ', '.join(f"'-' with linespoints pointtype 7 title '{curve.what}'" for curve in mine))
        for curve in mine:
            script += [f'{size} {time}' for size, time in curve.points] + ['e']
    subprocess.run(['gnuplot'], input='\n'.join(script) + '\n', text=True, check=True)


def run(build, keys, path=DOCUMENT):
    """Measures and draws; returns lines of text."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    curves = [curve for measure in (sessions, connections, users, entries, captures)
              for curve in measure(build, keys)]
    draw(curves, path)
    return [f'{curve.of}: {curve.what}: ' + ', '.join(f'{time:,.3g} µs at {size:,}' for size, time in curve.points)
            for curve in curves]
