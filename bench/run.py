# SPDX-License-Identifier: ISC
"""Runs the comparisons and prints their results: called by script/bench with the build folder."""

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass

import delay
import end_to_end
import growth
import machine
import results
import start
import uses
from results import Failure


@dataclass
class Program:
    """A bench program and its first argument, how much it is to do: as usual, and with --quick."""
    usual: int
    quick: int
    wants_keys: bool = False


PROGRAMS = {
    'packets': Program(15, 3),
    'rc4': Program(31, 5),
    'encrypted': Program(31, 3),
    'records': Program(31, 3),
    'handshakes': Program(15, 3, wants_keys=True),
    'sealed': Program(15, 3, wants_keys=True),
    'memory': Program(100000, 2000, wants_keys=True),
}
START, START_ROUNDS = 'start', Program(41, 3)
DELAY, DELAY_ROUNDS = 'delay', Program(15, 3)
END_TO_END, END_TO_END_ROUNDS = 'end_to_end', Program(5, 1)
TOPICS = [*PROGRAMS, START, DELAY, END_TO_END]


@dataclass
class Keys:
    private: str
    public: str


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog='script/bench',
        usage='script/bench [--quick] [--size MIB] [--json | --markdown | --document] [TOPIC...]\n'
              '       script/bench --check | --plot',
        description='Measures sidewire beside its neighbours. Medians of several rounds, in which '
                    'all run in turn; a ratio is the median of those within each round, above 1 '
                    'where sidewire is better. docs/performance.md tells what is compared.')
    parser.add_argument('build', help=argparse.SUPPRESS)
    parser.add_argument('topics', nargs='*', metavar='TOPIC',
                        help='one of: ' + ', '.join(TOPICS) + '; all unless told')
    parser.add_argument('--quick', action='store_true',
                        help='little of everything, to see that it works')
    parser.add_argument('--size', type=int, metavar='MIB', default=None,
                        help='of the file that goes end to end; default: 1024, or 64 with --quick')
    parser.add_argument('--check', action='store_true',
                        help='count instructions instead and compare them with bench/instructions.txt')
    parser.add_argument('--plot', action='store_true',
                        help=f'measure instead what one more costs as there are more, and draw {growth.DOCUMENT}')
    form = parser.add_mutually_exclusive_group()
    form.add_argument('--json', action='store_true', help='print JSON')
    form.add_argument('--markdown', action='store_true', help='print the table as Markdown')
    form.add_argument('--document', action='store_true',
                      help=f'put the table, and which backend for which use, into {results.DOCUMENT}')
    arguments = parser.parse_intermixed_args()
    for topic in arguments.topics:
        if topic not in TOPICS:
            parser.error(f'{topic}: no such topic; there are: ' + ', '.join(TOPICS))
    if arguments.size is None:
        arguments.size = 64 if arguments.quick else 1024
    if arguments.size < 1:
        parser.error(f'--size: {arguments.size}: not a size')
    return arguments


def make_keys(build):
    keys = Keys(f'{build}/bench/key', f'{build}/bench/key.pub')
    if not os.path.exists(keys.public):
        subprocess.run(['ssh-keygen', '-q', '-t', 'rsa', '-b', '2048', '-N', '', '-C', 'bench', '-f',
                        keys.private], check=True)
    return keys


def run_program(build, topic, keys, quick):
    path = f'{build}/bench/{topic}'
    program = PROGRAMS[topic]
    command = [path, str(program.quick if quick else program.usual)]
    if not os.path.exists(path):
        print(f'script/bench: {topic}: left out, see the warnings of meson', file=sys.stderr)
        return []
    if program.wants_keys:
        command += [keys.private, keys.public]
    process = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if process.returncode != 0:
        raise Failure(f'ended with status {process.returncode}')
    return [results.parse_row(line) for line in process.stdout.splitlines()]


def run_topic(build, topic, keys, arguments):
    def rounds(program):
        return program.quick if arguments.quick else program.usual

    if topic == START:
        return start.run(build, keys, rounds(START_ROUNDS))
    if topic == DELAY:
        return delay.run(build, keys, rounds(DELAY_ROUNDS))
    if topic == END_TO_END:
        return end_to_end.run(build, keys, rounds(END_TO_END_ROUNDS), arguments.size)
    return run_program(build, topic, keys, arguments.quick)


def print_results(arguments, rows):
    about = machine.describe()
    if arguments.json:
        print(json.dumps({'machine': about, 'results': [results.as_object(row) for row in rows]},
                         indent=2))
    elif arguments.document:
        results.put_into_document(f'{results.as_markdown(rows)}\n\n{machine.as_text(about)}')
        results.put_into_document(uses.as_markdown(rows), ': uses')
    else:
        print(results.as_markdown(rows) if arguments.markdown else results.as_text(rows))
        print(f'\n{machine.as_text(about)}')


def main():
    arguments = parse_arguments()
    build = os.path.abspath(arguments.build)
    keys = make_keys(build)
    if arguments.plot:
        print('\n'.join(growth.run(build, keys)))
        return
    rows, failed = [], False
    for topic in arguments.topics or TOPICS:
        print(f'{topic} ...', file=sys.stderr)
        try:
            rows += run_topic(build, topic, keys, arguments)
        except Failure as failure:
            print(f'script/bench: {topic}: {failure}', file=sys.stderr)
            failed = True
    print_results(arguments, rows)
    sys.exit(failed)


if __name__ == '__main__':
    main()
