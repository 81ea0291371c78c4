# SPDX-License-Identifier: ISC
"""Counts the instructions of hot paths with callgrind, and compares them with bench/instructions.txt: they do
not depend on what else the machine does. Called by script/bench --check, from the root of the source;
--update writes the file instead."""

import glob
import os
import re
import subprocess
import sys
import tempfile

LIMITS = 'bench/instructions.txt'
SLACK = 1.05
CALLS = 1000  # of each path, see instructions.c
SOURCES = ['bench/instructions.c', 'bench/pair.c', 'bench/timing.c', 'tests/support/fake_crypto.c',
           'tests/support/fake_sealed.c', 'tests/wired/wired.c']
# always the same, whatever is built otherwise
COMPILE = ['gcc', '-std=c11', '-O2', '-g', '-D_GNU_SOURCE', '-Iinclude', '-Ibench', '-Itests/support', '-Itests/wired']
VALGRIND = ['valgrind', '--quiet', '--tool=callgrind', '--instr-atstart=no',
            '--toggle-collect=counted_*', '--toggle-collect=fake_aes_apply']

HEADER = """\
# Instructions a call of each hot path, as counted by script/bench --check, which fails above 1.05 times of
# these. The work of AES itself is left out, that of RC4 is in. To write it again: script/bench --check --update
"""


def count(folder):
    """Instructions a call, by the name of the path."""
    driver = f'{folder}/instructions'
    subprocess.run([*COMPILE, '-o', driver, *SOURCES, *sorted(glob.glob('src/*.c') + glob.glob('src/audio/*.c'))], check=True)
    subprocess.run([*VALGRIND, f'--callgrind-out-file={folder}/counts', driver], check=True)
    counts = {}
    for path in sorted(glob.glob(f'{folder}/counts.*'), key=lambda p: int(p.rsplit('.', 1)[1])):
        with open(path, encoding='utf-8') as file:
            text = file.read()
        name = re.search(r'^desc: Trigger: Client Request: (\w+)$', text, re.MULTILINE)
        total = re.search(r'^(?:totals|summary): (\d+)$', text, re.MULTILINE)
        if name and total:
            counts[name.group(1)] = int(total.group(1)) / CALLS
    return counts


def read_limits():
    with open(LIMITS, encoding='utf-8') as file:
        lines = [line.split() for line in file if line.strip() and not line.startswith('#')]
    return {name: float(value) for name, value in lines}


def write_limits(counts):
    with open(LIMITS, 'w', encoding='utf-8') as file:
        file.write(HEADER)
        for name, value in counts.items():
            file.write(f'{name} {value:.1f}\n')


def judge(value, limit):
    if limit is None:
        return 'NOT in ' + LIMITS
    if value > limit * SLACK:
        return f'REGRESSION, {100 * (value / limit - 1):.0f} % above'
    if value * SLACK < limit:
        return f'{100 * (1 - value / limit):.0f} % below: worth --update'
    return 'as recorded'


def compare(counts):
    limits = read_limits()
    failed = sorted(limits.keys() - counts.keys())
    for name, value in counts.items():
        limit = limits.get(name)
        verdict = judge(value, limit)
        print(f'{name:24} {value:8.1f} instructions, recorded {limit or 0:8.1f}: {verdict}')
        if limit is None or value > limit * SLACK:
            failed.append(name)
    return failed


def main():
    with tempfile.TemporaryDirectory() as folder:
        counts = count(folder)
    if not counts:
        sys.exit('script/bench: nothing was counted')
    if sys.argv[1:] == ['--update']:
        write_limits(counts)
        return
    if sys.argv[1:]:
        sys.exit(f'script/bench: {sys.argv[1]}: the only option behind --check is --update')
    if failed := compare(counts):
        sys.exit('script/bench: too many instructions, or not counted: ' + ', '.join(failed))


if __name__ == '__main__':
    main()
