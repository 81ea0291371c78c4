# SPDX-License-Identifier: ISC
"""What the package mirrors of the C headers, beside what the compiler makes of them: structs, numbers, functions."""

import ctypes
import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

from sidewire import _structs, audio, constants, keys, session
from sidewire._library import DECLARATIONS
from sidewire.audio import status, values
from support import ROOT

CC = shlex.split(os.environ.get('CC', 'cc'))
INCLUDE = ROOT / 'include'
HEAD = '''#include <sidewire.h>
#include <sidewire/audio/commands.h>
#include <sidewire/audio/player.h>
#include <sidewire/audio/sender.h>
#include <sidewire/backends.h>
#include <sidewire/observer.h>
#include <stdio.h>
'''
#: enum of Python: prefix in C
ENUMS = {constants.Feature: 'SW_FEATURE_', constants.Band: 'SW_BAND_', constants.Want: 'SW_WANT_',
         constants.EventType: 'SW_EVENT_', constants.KeyType: 'SW_KEY_', constants.Side: 'SW_FROM_',
         constants.Observed: 'SW_OBSERVED_', constants.Verdict: 'SW_VERDICT_', constants.Wait: 'SW_WAIT_',
         constants.ErrorCode: 'SW_E_', audio.AudioCommand: 'SW_AUDIO_', audio.StatusState: 'SW_STATUS_',
         audio.StatusFlag: 'SW_STATUS_FLAG_', audio.StatusForm: 'SW_STATUS_', audio.PlayerWants: 'SW_PLAYER_WANTS_',
         audio.SenderSubcommand: 'SW_SENDER_', audio.SenderAbility: 'SW_SENDER_HAS_', audio.Permission: 'SW_'}
#: of these, names that begin alike are other numbers
MIXED = (audio.StatusState, audio.StatusForm, audio.Permission)
NUMBERS = {'SW_FEATURES_ALL': constants.FEATURES_ALL, 'SW_FEATURES_SEALED': constants.FEATURES_SEALED,
           'SW_RSA_MAX_SIZE': _structs.RSA_MAX_SIZE, 'SW_OBSERVER_KEEP': 68 << 10,
           'SW_SSH_KEY_MAX': keys._SSH_KEY_MAX, 'SW_SSH_SIGNATURE_MAX': keys._SSH_SIGNATURE_MAX,
           'SW_SERVER_KEY_FILE_SIZE': keys._SERVER_KEY_FILE_SIZE,
           'SW_SERVER_KEY_TEXT_SIZE': keys._SERVER_KEY_TEXT_SIZE, 'SW_FINGERPRINT_SIZE': keys._FINGERPRINT_SIZE,
           'SW_X25519_SIZE': keys.X25519_SIZE, 'SW_SSHSIG_SIZE': session._SSHSIG_SIZE,
           'SW_STATUS_VALUE_MAX': status.VALUE_MAX, 'SW_STATUS_TIME_MAX': values._TIME_MAX,
           'SW_STATUS_FLAGS_TEXT_SIZE': values._FLAGS_TEXT_SIZE, 'SW_VECTOR_MAX': 4, 'SW_ARGUMENTS_ANY': 0xffff,
           'SW_PERMISSIONS_ALL': sum(audio.Permission)}
#: What Python has no use for
NOT_MIRRORED = {'SW_BAND_COUNT', 'SW_FEATURE_NAME_MAX', 'SW_AUDIO_COMMAND_COUNT'}


def compiled(body):
    """The lines that a C program prints, as {first word: the others}."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, 'layout.c')
        source.write_text(f'{HEAD}{DECLARATIONS}\nint main(void)\n{{\n{body}\nreturn 0;\n}}\n', encoding='ascii')
        subprocess.run([*CC, '-std=c11', '-Wall', '-Wextra', '-Werror', '-Wno-array-parameter', f'-I{INCLUDE}', source, '-o', f'{folder}/layout'],
                       check=True)
        printed = subprocess.run([f'{folder}/layout'], check=True, capture_output=True, text=True).stdout
    return {line.split()[0]: [int(word) for word in line.split()[1:]] for line in printed.splitlines()}


def name_of(enum, member):
    return 'SW_OK' if member is constants.ErrorCode.OK else ENUMS[enum] + member.name


class Layout(unittest.TestCase):
    def test_structs(self):
        """Also that functions are declared as in the headers: it would not compile."""
        rows = []
        for struct in _structs.MIRRORED:
            name = struct.__name__
            rows.append(f'printf("{name} %zu %zu\\n", sizeof({name}), _Alignof({name}));')
            rows += [f'printf("{name}.{field} %zu %zu\\n", offsetof({name}, {field}), sizeof((({name} *)0)->{field}));'
                     for field, *_ in struct._fields_]
        found = compiled('\n'.join(rows))
        for struct in _structs.MIRRORED:
            name = struct.__name__
            self.assertEqual(found[name], [ctypes.sizeof(struct), ctypes.alignment(struct)], name)
            for field, *_ in struct._fields_:
                mirrored = getattr(struct, field)
                self.assertEqual(found[f'{name}.{field}'], [mirrored.offset, mirrored.size], f'{name}.{field}')
        self.assertGreater(len(found), 150)

    def test_private_structs(self):
        names = [struct.__name__ for struct in _structs.PRIVATE]
        found = compiled('\n'.join(f'printf("{name} %zu %zu\\n", sizeof({name}), _Alignof({name}));' for name in names))
        for struct in _structs.PRIVATE:
            size, alignment = found[struct.__name__]
            self.assertLessEqual(size, ctypes.sizeof(struct), struct.__name__)
            self.assertLessEqual(alignment, ctypes.alignment(struct), struct.__name__)

    def test_numbers(self):
        numbers = {name_of(enum, member): int(member) for enum in ENUMS for member in enum}
        numbers.update(NUMBERS)
        found = compiled('\n'.join(f'printf("{name} %lld\\n", (long long){name});' for name in numbers))
        self.assertEqual({name: value for name, (value,) in found.items()}, numbers)

    def test_all_numbers(self):
        """Each enumerator of these kinds in the headers is there, too."""
        text = ''.join(path.read_text(encoding='utf-8') for path in sorted(INCLUDE.glob('sidewire/**/*.h')))
        text = re.sub(r'/\*.*?\*/', '', text, flags=re.DOTALL)
        known = {name_of(enum, member) for enum in ENUMS for member in enum} | NOT_MIRRORED
        for prefix in (prefix for enum, prefix in ENUMS.items() if enum not in MIXED):
            found = set(re.findall(rf'\b({prefix}[A-Z0-9_]+)\s*(?:=|,|\n\s*\}})', text))
            self.assertGreaterEqual(len(found), 2, prefix)
            self.assertEqual(found - known, set())

    def test_all_functions(self):
        """Of sessions, and of the audio room: each can be called."""
        declared = set(re.findall(r'\bsw_\w+(?=\()', DECLARATIONS))
        for name in ('session.h', 'command.h', 'audio/*.h'):
            text = ''.join(path.read_text(encoding='utf-8') for path in INCLUDE.glob(f'sidewire/{name}'))
            found = set(re.findall(r'^SW_API [^(;]*\b(sw_\w+)\(', text, flags=re.MULTILINE))
            self.assertGreater(len(found), 5)
            # what a session does with commands by itself
            self.assertEqual({name for name in found - declared if not re.search('command_(en|de)code|legacy_complete', name)},
                             set())
        package = ROOT / 'python' / 'sidewire'
        used = ''.join(path.read_text(encoding='utf-8') for path in package.rglob('*.py') if path.name != '_library.py')
        self.assertEqual({name for name in declared if f'lib.{name}' not in used and f"'{name}'" not in used}, set())


if __name__ == '__main__':
    unittest.main()
