# SPDX-License-Identifier: ISC
"""Which backend for which use: five rows of Markdown, with figures of the results."""

from results import number

NAMES = {'openssl': 'OpenSSL', 'gcrypt': 'libgcrypt', 'mbedtls': 'mbedTLS'}


class Figures:
    """Results by key; what was not measured is said to be so."""

    def __init__(self, rows):
        self.rows = {row.key: row for row in rows}

    def of(self, key):
        row = self.rows.get(key)
        return 'not measured' if row is None else number(row.ours, row.unit)

    def of_backends(self, key, names=tuple(NAMES)):
        """For each backend; `key` has a place for its name."""
        return ', '.join(f'{NAMES[name]} {self.of(key.format(name))}' for name in names)

    def fastest(self, keys):
        """Names of backends, the one first that takes the least in all."""
        def total(name):
            return sum(self.rows[key.format(name)].ours for key in keys)
        present = [name for name in NAMES if all(key.format(name) in self.rows for key in keys)]
        return [NAMES[name] for name in sorted(present, key=total)]


def as_markdown(rows):
    figures = Figures(rows)
    large = figures.fastest(['encrypted_16384_{}', 'sealed_16384_{}'])[:2]
    table = [
        ('for', 'take', 'because'), ('---', '---', '---'),
        ('a server of many plain sessions', 'mbedTLS',
         f'an idle session is {figures.of("memory_100000_heap")} of heap, as its AES has none of its own; the server\'s '
         f'part of handshakes: {figures.of_backends("handshakes_{}_server")}'),
        ('many logins a second, on either side', 'OpenSSL',
         f'handshakes of both sides: {figures.of_backends("handshakes_{}")}, since the client\'s RSA operation is most '
         'of it'),
        ('large transfers', ', or '.join(large) or 'libgcrypt, or OpenSSL',
         f'16 KiB encoded and decoded: plain {figures.of_backends("encrypted_16384_{}")}; sealed '
         f'{figures.of_backends("sealed_16384_{}")}'),
        ('sealed sessions, users with Ed25519 keys', 'OpenSSL',
         f'handshakes: {figures.of_backends("sealed_handshakes_ed25519_{}", ("openssl", "gcrypt"))}; mbedTLS has no '
         'Ed25519'),
        ('a small machine', 'mbedTLS',
         'it is made for those, and its state is the smallest; a reply of some KiB costs microseconds with any of them'),
    ]
    return '\n'.join('| ' + ' | '.join(cells) + ' |' for cells in table)
