# SPDX-License-Identifier: ISC
"""The package as its user gets it: installed by pip from its folder, found and not found libraries, README's program,
types and docstrings."""

import importlib.util
import inspect
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import sidewire
from sidewire import audio
from support import ROOT

PACKAGE = ROOT / 'python'


def run_python(*arguments, **environment):
    env = {**os.environ, **environment}
    return subprocess.run([sys.executable, *arguments], env=env, check=False, capture_output=True, text=True)


class Package(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='sidewire-package-')
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    @unittest.skipUnless(all(importlib.util.find_spec(name) for name in ('pip', 'setuptools', 'wheel')),
                         'needs pip, setuptools and wheel')
    def test_install(self):
        """Without the network: what builds it is that of the system."""
        source, target = self.folder / 'source', self.folder / 'target'
        shutil.copytree(PACKAGE, source, ignore=shutil.ignore_patterns('__pycache__', 'build', '*.egg-info'))
        done = run_python('-m', 'pip', 'install', '--quiet', '--no-build-isolation', '--no-deps', '--no-index',
                          '--disable-pip-version-check', '--no-compile', '--target', target, source, PYTHONPATH='')
        self.assertEqual(done.returncode, 0, done.stderr)
        done = run_python('-c', 'import sidewire, sidewire.audio; print(sidewire.__file__, sidewire.library_version())',
                          PYTHONPATH=str(target))
        self.assertEqual(done.stdout.split(), [str(target / 'sidewire' / '__init__.py'), sidewire.VERSION], done.stderr)
        self.assertTrue((target / 'sidewire' / 'py.typed').exists())

    def test_versions(self):
        """One number, in three places."""
        version = re.search(r"version: '(.*)'", (ROOT / 'meson.build').read_text(encoding='utf-8')).group(1)
        self.assertEqual(sidewire.VERSION, version)
        self.assertIn(f'version = "{version}"', (PACKAGE / 'pyproject.toml').read_text(encoding='utf-8'))

    def test_no_library(self):
        """An error that says what is missing, and what can be done."""
        done = run_python('-c', 'import sidewire', SIDEWIRE_LIBDIR=str(self.folder), LD_LIBRARY_PATH='')
        if done.returncode == 0:
            self.skipTest('the system has the library')
        self.assertIn('ImportError: sidewire: libsidewire.so.0: cannot open', done.stderr)
        self.assertIn('SIDEWIRE_LIBDIR may say in which folder', done.stderr)

    def test_documented(self):
        """All that is public has a docstring or is a plain value, and is listed."""
        for package in (sidewire, audio):
            for name in package.__all__:
                value = getattr(package, name)
                if inspect.isfunction(value):
                    self.assertTrue(value.__doc__, name)
                if inspect.isclass(value):
                    self.assertTrue(value.__doc__, name)
                    for member, function in inspect.getmembers(value, inspect.isfunction):
                        if not member.startswith('_') and function.__module__.startswith('sidewire'):
                            self.assertTrue(function.__doc__ or value.__dict__.get(member), f'{name}.{member}')
            public = {name for name, value in vars(package).items()
                      if not name.startswith('_') and not inspect.ismodule(value)}
            self.assertEqual(public, set(package.__all__))

    @unittest.skipUnless(shutil.which('mypy'), 'needs mypy')
    def test_types(self):
        done = subprocess.run(['mypy', '--strict', '--cache-dir', self.folder, PACKAGE / 'sidewire'], check=False,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == '__main__':
    unittest.main()
