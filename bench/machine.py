# SPDX-License-Identifier: ISC
"""What results were measured on and with."""

import os
import re
import subprocess

PACKAGES = ['gcc-12', 'libmbedtls-dev', 'libssl-dev', 'libgcrypt20-dev', 'nettle-dev', 'libwslay-dev',
            'libnghttp2-dev', 'socat']


def output_of(*command):
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                              check=False).stdout
    except FileNotFoundError:
        return ''


def cpu():
    """The model by name, and by family and model where the name says little."""
    with open('/proc/cpuinfo', encoding='utf-8') as file:
        text = file.read()
    fields = dict(re.findall(r'^(model name|cpu family|model)\s*: (.*)$', text, re.MULTILINE))
    name = fields.get('model name', 'unknown')
    if 'cpu family' in fields:
        name += f', family {fields["cpu family"]} model {fields["model"]}'
    return name


def packages():
    lines = output_of('dpkg-query', '-W', '-f', '${Package} ${Version}\n', *PACKAGES).splitlines()
    return dict(line.split(' ') for line in lines if not line.endswith(' '))


def describe():
    return {'cpu': cpu(), 'cores': os.cpu_count(), 'kernel': os.uname().release,
            'packages': packages()}


def as_text(about):
    return (f'{about["cpu"]}, {about["cores"]} cores, Linux {about["kernel"]}.\n' +
            ', '.join(f'{name} {version}' for name, version in about['packages'].items()) + '.')
