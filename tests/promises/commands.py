# SPDX-License-Identifier: ISC
"""Runs the commands that README and the documents show, as a reader would: commands.py SOURCE BUILD

Every block ```sh of a document is run, in order, in one shell and in a folder of its own: a copy of what is under
version control, with the tree that is built already as `build`. A block that begins with `# needs A, B and C` is
run only where all of that is known to be there; what is left out is said. A document other than README finds what
its reader has: a key, a user list, a server that listens, and a capture. Nothing leaves the machine: where the
system allows it, there is no network but a loopback of its own. Exit status 77: nothing could be run."""
import ctypes
import fcntl
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile

PORT = 2990
TIME = 240  # seconds, for one document
COMMAND = re.compile(r' {4}(script/|build/|meson |ninja |sidewire-|cc |ssh-keygen |tshark |find |apt|sudo |\$ )')
HAS = {
    'root': lambda build: os.geteuid() == 0,
    'clang': lambda build: shutil.which('clang'),
    'tcpdump': lambda build: shutil.which('tcpdump'),
    'editcap': lambda build: shutil.which('editcap'),
    'jq': lambda build: shutil.which('jq'),
    'the plugin': lambda build: (build / 'wireshark' / 'sidewire.so').exists(),
}


class Block:
    def __init__(self, line):
        self.line, self.lines = line, []

    def needs(self):
        found = re.match(r'# needs (.*)', self.lines[0]) if self.lines else None
        return re.split(r', | and ', found.group(1)) if found else []


def blocks_of(path):
    """The blocks of a document; a command that is not in one is an error."""
    blocks, fence = [], None
    for number, text in enumerate(path.read_text().splitlines(), 1):
        mark = re.match(r'```(\w*)$', text)
        if mark and fence is None:
            fence = mark.group(1)
            if fence == 'sh':
                blocks.append(Block(number))
        elif mark:
            fence = None
        elif fence == 'sh':
            blocks[-1].lines.append(text)
        elif fence is None and COMMAND.match(text):
            sys.exit(f'{path.name}:{number}: a command that is in no block of ```sh:\n{text}')
    return blocks


def own_network():
    """A network with nothing but a loopback, or at least the port free."""
    CLONE_NEWNET, SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x40000000, 0x8913, 0x8914, 1
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(CLONE_NEWNET) == 0:
            with socket.socket() as s:
                row = struct.pack('16sh14x', b'lo', 0)
                flags = struct.unpack('16sh14x', fcntl.ioctl(s, SIOCGIFFLAGS, row))[1]
                fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack('16sh14x', b'lo', flags | IFF_UP))
            return
    except (AttributeError, OSError):
        pass
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(('127.0.0.1', PORT))
        except OSError as error:
            print(f'skipped: port {PORT}: {error.strerror}, and no network of its own is allowed')
            sys.exit(77)


def copy_tree(source, target):
    listed = subprocess.run(['git', '-C', source, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], capture_output=True)
    if listed.returncode == 0 and listed.stdout:
        for name in filter(None, listed.stdout.decode().split('\0')):
            if (source / name).is_file():
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source / name, target / name)
    else:
        shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns('build*', '.git'))


# What a reader of the other documents has done already.
STAGE = f'''
ssh-keygen -q -t rsa -b 2048 -m PEM -N '' -f key
umask 022
echo 'user me key.pub AFS_READ,AFS_WRITE,VSS_READ,VSS_WRITE' >users
sidewire-server -u users >port 2>server.log &
for i in $(seq 100); do [ -s port ] || command sleep 0.1; done
export SIDEWIRE_USER=me SIDEWIRE_KEY=key
sidewire-client --record capture help >/dev/null
sidewire-client --record other.pcap play
mkdir captures && cp capture captures/1.pcap && mv other.pcap captures/2.pcap
'''


def run_document(path, blocks, source, build):
    """Returns how many blocks were run."""
    script, count = [STAGE if path.parent.name == 'docs' else ''], 0
    for block in blocks:
        missing = [need for need in block.needs() if need not in HAS or not HAS[need](build)]
        where = f'{path.relative_to(source)}:{block.line}'
        if missing:
            print(f'{where}: left out, needs {", ".join(missing)}: {block.lines[1]}', flush=True)
            continue
        script += [f"echo '## {where}'"] + block.lines
        count += 1
    if count == 0:
        return 0
    with tempfile.TemporaryDirectory() as top:
        folder = pathlib.Path(top, 'sidewire')
        folder.mkdir()
        copy_tree(source, folder)
        (folder / 'build').symlink_to(build)
        start = folder / 'python' if path.parent.name == 'python' else folder
        tools = [str(build / 'tools' / name) for name in ('client', 'server', 'dump')]
        env = {**os.environ, 'HOME': top, 'PATH': ':'.join(tools + [os.environ['PATH']])}
        # machines that are busy start programs more slowly than those of readers
        text = '\n'.join(['sleep() { command sleep "$(($1 * 4))"; }'] + script + ["echo '## end'", ''])
        with subprocess.Popen(['sh', '-e', '-c', text], cwd=start, env=env, stdin=subprocess.DEVNULL, umask=0o002,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors='replace', start_new_session=True) as shell:
            signal.signal(signal.SIGALRM, lambda *_: os.killpg(shell.pid, signal.SIGKILL))
            signal.alarm(TIME)
            output = []
            for line in shell.stdout:
                output.append(line)
                if line == '## end\n':
                    break
            status = shell.wait() if not output or output[-1] != '## end\n' else 0
            signal.alarm(0)
            try:
                os.killpg(shell.pid, signal.SIGKILL)  # servers that were started
            except ProcessLookupError:
                pass
        if status != 0:
            sys.exit(f'{"".join(output)}\n{path.name}: the commands above end with status {status}')
        print(''.join(line for line in output if line.startswith('## ') and line != '## end\n'), end='', flush=True)
    return count


def main():
    source, build = (pathlib.Path(name).resolve() for name in sys.argv[1:3])
    paths = [source / 'README.md'] + sorted(source.glob('docs/*.md')) + [
        source / 'SECURITY.md', source / 'CONTRIBUTING.md', source / 'python' / 'README.md']
    documents = [(path, blocks_of(path)) for path in paths]
    own_network()
    counts = {path: run_document(path, blocks, source, build) for path, blocks in documents}
    print(f'{sum(counts.values())} blocks of {sum(len(blocks) for _, blocks in documents)} were run')
    if counts[source / 'README.md'] < 3:
        sys.exit('README: fewer than three blocks were run')


main()
