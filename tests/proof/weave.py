#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Copies include/ and src/ to a folder, with the contracts of tests/proof/contracts in their places.

    weave.py OUT

So the code itself stays free of what only a prover reads. A contract file is named as the source file with .acsl behind
it. It has comments of ACSL, below each the line of code, or its beginning, in front of which it belongs, in the order of the code; other
comments are for readers of the contract file. As nothing but comments is added, what is proved is the code; and code that
changed so that a line is not found any more is an error. Says what is admitted, that is, believed without a proof.
"""
import pathlib
import re
import shutil
import sys

TREE = pathlib.Path(__file__).resolve().parents[2]
CONTRACTS = TREE / 'tests' / 'proof' / 'contracts'


def fail(path, number, why):
    sys.exit(f'weave.py: {path.relative_to(TREE)}:{number}: {why}')


def read_contracts(path):
    """Yields (number of a line, comments of ACSL, the line of code in front of which they belong)."""
    comments, comment = [], None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if comment is None and not line.lstrip().startswith('/*'):
            if line.strip() and not comments:
                fail(path, number, 'a line of code without a comment above it')
            if line.strip():
                yield number, comments, line.strip()
                comments = []
            continue
        comment = (comment or []) + [line]
        if '*/' in line:
            if not line.rstrip().endswith('*/') or line.count('*/') > 1:
                fail(path, number, 'something behind the end of a comment')
            if comment[0].lstrip().startswith('/*@'):
                comments += comment
            comment = None
    if comment or comments:
        fail(path, number, 'no line of code below the last comment')


def weave(path, target):
    lines = target.read_text().splitlines()
    woven, at = [], 0
    for number, comments, anchor in read_contracts(path):
        found = next((i for i in range(at, len(lines)) if lines[i].strip().startswith(anchor)), None)
        if found is None:
            fail(path, number, f'not in {target.name}, or not behind the line before: {anchor}')
        woven += lines[at:found] + comments
        at = found
    target.write_text('\n'.join(woven + lines[at:]) + '\n')


def main(out):
    for folder in ('include', 'src'):
        shutil.rmtree(out / folder, ignore_errors=True)
        shutil.copytree(TREE / folder, out / folder)
    for path in sorted(CONTRACTS.rglob('*.acsl')):
        weave(path, out / path.relative_to(CONTRACTS).with_suffix(''))
        for name in re.findall(r'\b(?:admit(?:\s+ensures)?|axiom)\s+(\w+)', path.read_text()):
            print(f'{path.relative_to(TREE)}: admitted: {name}')


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
