# SPDX-License-Identifier: ISC
"""What an interactive bash makes of words and a tabulator, with the package bash-completion, which looks for a program's
completions by its name: bash_line.py DATA_FOLDER WORDS... prints each line as it was completed."""
import os
import pty
import re
import select
import sys
import time

SECONDS = 30
LOADER = '/usr/share/bash-completion/bash_completion'


def read_until(terminal, pattern):
    """What the shell writes, up to a line of this pattern."""
    text, end = b'', time.monotonic() + SECONDS
    while not (found := re.search(pattern, text)):
        if not select.select([terminal], [], [], max(0, end - time.monotonic()))[0]:
            sys.exit(f'bash: no {pattern} in {text}')
        text += os.read(terminal, 4096)
    return found


def main():
    folder, *lines = sys.argv[1:]
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe('bash', ['bash', '--noprofile', '--norc', '-i'],
                   {**os.environ, 'XDG_DATA_DIRS': folder, 'HOME': folder, 'TERM': 'dumb', 'PS1': ''})
    os.write(terminal, f'bind "set bell-style none"; source {LOADER}; echo rea""dy\n'.encode())
    read_until(terminal, rb'ready\r')
    for line in lines:
        # the line is completed, and made the argument of echo by going to its ends
        os.write(terminal, line.encode() + b'\t\x01echo "[\x05]"\n')
        print(read_until(terminal, rb'\n\[(.*)\]\r').group(1).decode().rstrip())
    os.write(terminal, b'exit\n')
    os.waitpid(child, 0)


main()
