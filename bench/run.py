"""Runs the comparisons and prints their results: called by script/bench with the build folder."""

import argparse
import json
import os
import subprocess
import sys

import machine
import results

# rounds of each program: as usual, and with --quick
ROUNDS = {
    'packets': (15, 3),
}


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog='script/bench',
        description='Measures sidewire beside its neighbours. Medians of several rounds, in which '
                    'both run in turn; a ratio is the median of those within each round, above 1 '
                    'where sidewire is better.')
    parser.add_argument('build', help=argparse.SUPPRESS)
    parser.add_argument('topics', nargs='*', metavar='TOPIC', choices=[[], *ROUNDS],
                        help='one of: ' + ', '.join(ROUNDS) + '; all unless told')
    parser.add_argument('--quick', action='store_true',
                        help='few rounds, to see that everything works')
    form = parser.add_mutually_exclusive_group()
    form.add_argument('--json', action='store_true', help='print JSON')
    form.add_argument('--markdown', action='store_true', help='print the table as Markdown')
    arguments = parser.parse_intermixed_args()
    arguments.topics = arguments.topics or list(ROUNDS)
    return arguments


def run_program(build, topic, rounds):
    program = os.path.join(build, 'bench', topic)
    process = subprocess.run([program, str(rounds)], stdout=subprocess.PIPE, text=True, check=False)
    if process.returncode != 0:
        sys.exit(f'script/bench: {topic}: ended with status {process.returncode}')
    return [results.parse_row(line) for line in process.stdout.splitlines()]


def print_results(arguments, rows):
    about = machine.describe()
    if arguments.json:
        print(json.dumps({'machine': about, 'results': [results.as_object(row) for row in rows]},
                         indent=2))
        return
    print(results.as_markdown(rows) if arguments.markdown else results.as_text(rows))
    print(f'\n{about["cpu"]}, {about["cores"]} cores, Linux {about["kernel"]}')
    print(', '.join(f'{name} {version}' for name, version in about['packages'].items()))


def main():
    arguments = parse_arguments()
    rows = []
    for topic in arguments.topics:
        print(f'{topic} ...', file=sys.stderr)
        rows += run_program(arguments.build, topic, ROUNDS[topic][arguments.quick])
    print_results(arguments, rows)


if __name__ == '__main__':
    main()
