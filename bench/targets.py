# SPDX-License-Identifier: ISC
"""What is to be reached, by the key of a result."""

from dataclasses import dataclass


@dataclass
class Faster:
    """At least so many times as fast as the neighbour."""
    times: float

    def reached(self, row):
        return row.ratio >= self.times

    def __str__(self):
        return f'>= {self.times:.3g}'


@dataclass
class AtMost:
    value: float
    unit: str

    def reached(self, row):
        return row.ours <= self.value

    def __str__(self):
        return f'<= {self.value:,g} {self.unit}'


@dataclass
class AtLeast:
    value: float

    def reached(self, row):
        return row.ours >= self.value

    def __str__(self):
        return f'>= {self.value:.3g}'


TARGETS = {
    'packets_16_memory_walk': AtMost(6, 'ns'),
    'packets_16_memory_wslay': Faster(1.7),
    'packets_16_memory_nghttp2': Faster(10),
    'packets_1024_memory_walk': Faster(1 / 1.2),
    'rc4_nettle': Faster(1),
    'records_64_best': Faster(5),
    'records_1024_best': Faster(5),
    'records_16384_best': Faster(4),
    'records_64_mbedtls': Faster(4),
    'handshakes_openssl': Faster(2.5),
    'handshakes_openssl_server': Faster(10),
    'sealed_64_gcrypt': Faster(2.5),
    'sealed_1024_gcrypt': Faster(1.5),
    'sealed_16384_gcrypt': Faster(1),
    'sealed_16384_gcrypt_aead': Faster(0.9),
    'sealed_1024_mbedtls_aead': Faster(0.9),
    'sealed_16384_mbedtls_aead': Faster(0.9),
    'sealed_handshakes_ed25519_openssl': Faster(2),
    'sealed_handshakes_rsa_openssl': Faster(1.3),
    'sealed_memory_mbedtls': AtMost(3072, 'B'),
    'memory_100000_heap': AtMost(2560, 'B'),
    'memory_100000_resident': AtMost(2560, 'B'),
    'start_version': AtMost(3, 'ms'),
    'encrypted_1024_openssl_together': Faster(0.88),
    'encrypted_1024_gcrypt_together': Faster(0.8),
    'end_to_end_null_best_tls': Faster(1),
    'end_to_end_null_best_socat': Faster(0.5),
    'end_to_end_null_best_socat_large': Faster(0.95),
    'end_to_end_file_best_tls': Faster(1),
    'end_to_end_file_best_socat': Faster(0.5),
}
for _backend in ['openssl', 'gcrypt']:
    TARGETS[f'end_to_end_server_{_backend}_plain'] = Faster(0.95)
    TARGETS[f'end_to_end_server_{_backend}_sealed'] = Faster(0.95)
    TARGETS[f'start_{_backend}_plain_handshake'] = Faster(1 / 1.3)
    TARGETS[f'start_{_backend}_sealed_handshake'] = Faster(1 / 1.3)
for _backend in ['mbedtls', 'openssl', 'gcrypt']:
    TARGETS[f'encrypted_64_{_backend}'] = Faster(0.6)
    TARGETS[f'encrypted_16384_{_backend}'] = Faster(0.95)
    TARGETS[f'delay_{_backend}_sealed_saved'] = AtLeast(0.9)
