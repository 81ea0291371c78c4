# SPDX-License-Identifier: ISC
"""The structs of the C headers that are used here, under their own names. What is private in C is only room here, with
some to spare. tests/python/test_layout.py compares all of it with the compiler's."""

from ctypes import (CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_size_t, c_uint, c_uint8, c_uint16, c_uint32,
                    c_uint64, c_void_p)

RSA_MAX_SIZE = 1024
RANDOM_FUNCTION = CFUNCTYPE(c_int, c_void_p, POINTER(c_uint8), c_size_t)


# ---- private ones ----

class sw_session(Structure):
    _fields_ = [('room', c_uint64 * 512)]


class sw_observer(Structure):
    _fields_ = [('room', c_uint64 * 1024)]


class sw_status_reader(Structure):
    _fields_ = [('room', c_uint64 * 32)]


PRIVATE = (sw_session, sw_observer, sw_status_reader)


# ---- error.h, command.h, packet.h ----

class sw_error(Structure):
    _fields_ = [('code', c_int), ('value', c_uint64), ('limit', c_uint64)]


class sw_argument(Structure):
    _fields_ = [('data', c_char_p), ('len', c_size_t)]


class sw_command_info(Structure):
    _fields_ = [('count', c_size_t), ('unterminated', c_int)]


class sw_command(Structure):
    _fields_ = [('name', c_char_p), ('id', c_int), ('permissions', c_uint), ('least', c_uint16), ('most', c_uint16),
                ('takes_data', c_uint8), ('group', c_char_p), ('usage', c_char_p), ('description', c_char_p),
                ('help', c_char_p)]


class sw_command_table(Structure):
    _fields_ = [('commands', POINTER(sw_command)), ('count', c_size_t)]


class sw_chunk(Structure):
    _fields_ = [('band', c_uint8), ('size', c_uint32), ('offset', c_uint32), ('len', c_uint32),
                ('data', POINTER(c_uint8))]


# ---- crypto.h ----

class sw_rsa_public(Structure):
    _fields_ = [('n', POINTER(c_uint8)), ('e', POINTER(c_uint8)), ('n_size', c_size_t), ('e_size', c_size_t)]


class sw_rsa_private(Structure):
    _fields_ = ([(name, POINTER(c_uint8)) for name in ('n', 'e', 'd', 'p', 'q')] +
                [(name, c_size_t) for name in ('n_size', 'e_size', 'd_size', 'p_size', 'q_size')] +
                [('prepared', c_void_p)])


class sw_x25519_key(Structure):
    _fields_ = [('secret', c_uint8 * 32), ('public_half', c_uint8 * 32)]


class sw_ed25519_key(Structure):
    _fields_ = [('secret', c_uint8 * 32), ('public_half', c_uint8 * 32)]


class sw_crypto(Structure):
    """Of the functions only those that are of use here have a type."""
    _fields_ = [
        ('name', c_char_p), ('ctx', c_void_p), ('random', RANDOM_FUNCTION), ('sha1', c_void_p), ('sha256', c_void_p),
        ('oaep_encrypt', c_void_p), ('oaep_decrypt', c_void_p),
        ('aes_state_size', c_size_t), ('aes_init', c_void_p), ('aes_apply', c_void_p), ('aes_wipe', c_void_p),
        ('key_prepare', c_void_p), ('key_forget', c_void_p),
        ('sha256_state_size', c_size_t), ('sha256_start', c_void_p), ('sha256_update', c_void_p),
        ('sha256_finish', c_void_p), ('sha256_wipe', c_void_p),
        ('x25519_public', c_void_p), ('x25519', c_void_p),
        ('aead_state_size', c_size_t), ('aead_start', c_void_p), ('aead_seal', c_void_p),
        ('aead_seal_from', c_void_p), ('aead_open', c_void_p), ('aead_wipe', c_void_p),
        ('rsa_sign', c_void_p), ('rsa_verify', c_void_p),
        ('ed25519_public', c_void_p), ('ed25519_sign', c_void_p), ('ed25519_verify', c_void_p),
    ]


# ---- keys.h, ssh.h ----

class sw_public_key(Structure):
    _fields_ = [('type', c_uint), ('bits', c_uint16), ('n_size', c_uint16), ('e_size', c_uint16),
                ('n', c_uint8 * RSA_MAX_SIZE), ('e', c_uint8 * 8), ('ed25519', c_uint8 * 32)]


class sw_private_key(Structure):
    _fields_ = [('type', c_uint), ('bits', c_uint16), ('n_size', c_uint16), ('e_size', c_uint16),
                ('d_size', c_uint16), ('p_size', c_uint16), ('q_size', c_uint16),
                ('n', c_uint8 * RSA_MAX_SIZE), ('e', c_uint8 * 8), ('d', c_uint8 * RSA_MAX_SIZE),
                ('p', c_uint8 * (RSA_MAX_SIZE // 2)), ('q', c_uint8 * (RSA_MAX_SIZE // 2)),
                ('ed25519', sw_ed25519_key), ('has_public_half', c_uint8)]


class sw_ssh_proof(Structure):
    _fields_ = [('user', c_void_p), ('key', POINTER(c_uint8)), ('signature', POINTER(c_uint8)),
                ('user_len', c_size_t), ('key_len', c_size_t), ('signature_len', c_size_t)]


# ---- config.h, event.h ----

class sw_policy(Structure):
    _fields_ = [('features', c_uint), ('allow_legacy', c_int), ('allow_rc4', c_int), ('allow_sha1', c_int),
                ('require_sealed', c_int)]


class sw_client_config(Structure):
    _fields_ = [('crypto', POINTER(sw_crypto)), ('policy', sw_policy), ('user', c_char_p), ('key', sw_rsa_private),
                ('public_key', POINTER(sw_public_key)), ('record_limit', c_uint16)]


class sw_key_kind(Structure):
    _fields_ = [('bits', c_uint16), ('exponent', c_uint64), ('users', c_uint32)]


class sw_server_config(Structure):
    _fields_ = [('crypto', POINTER(sw_crypto)), ('policy', sw_policy), ('banner', c_char_p),
                ('decoy_secret', c_uint8 * 32), ('key_kinds', POINTER(sw_key_kind)), ('key_kind_count', c_size_t),
                ('server_key', POINTER(sw_x25519_key)), ('record_limit', c_uint16)]


class sw_event(Structure):
    _fields_ = [('user', c_void_p), ('user_len', c_size_t), ('chunk', sw_chunk), ('status', c_int),
                ('key', POINTER(c_uint8)), ('key_len', c_size_t), ('server_key', POINTER(c_uint8)),
                ('message', POINTER(c_uint8))]


# ---- messages.h, observed.h, observer.h ----

class sw_secrets(Structure):
    _fields_ = [('client_key', c_uint8 * 32), ('server_key', c_uint8 * 32), ('response', c_uint8 * 32),
                ('response_size', c_uint8), ('has_notice', c_uint8), ('ephemeral', c_uint8 * 32)]


class sw_request(Structure):
    _fields_ = [('user', c_void_p), ('user_len', c_size_t), ('features', c_uint)]


class sw_observer_input(Structure):
    _fields_ = [('data', POINTER(c_uint8)), ('len', c_size_t), ('missing', c_uint64), ('ended', c_int),
                ('full', c_int)]


class sw_observer_event(Structure):
    _fields_ = [('kind', c_uint), ('side', c_int), ('at', c_uint64), ('message_at', c_uint64),
                ('data', POINTER(c_uint8)), ('len', c_size_t), ('size', c_uint32), ('offset', c_uint32),
                ('band', c_uint8), ('first', c_uint8), ('last', c_uint8), ('in_message', c_uint8), ('sure', c_uint8),
                ('opened', c_uint8), ('rekeyed', c_uint8), ('verdict', c_uint), ('missing', c_uint64),
                ('number', c_uint64), ('request', sw_request), ('error', sw_error)]


# ---- audio/arguments.h, audio/sender.h ----

class sw_argument_vector(Structure):
    _fields_ = [('buffer', c_void_p), ('cap', c_size_t), ('argc', c_size_t), ('len', c_size_t),
                ('argv', sw_argument * 4)]


class sw_stat_arguments(Structure):
    _fields_ = [('rounds', c_uint32), ('parser_friendly', c_int)]


class sw_ff_arguments(Structure):
    _fields_ = [('seconds', c_uint32), ('backward', c_int)]


class sw_jmp_arguments(Structure):
    _fields_ = [('percent', c_uint32)]


class sw_sender(Structure):
    _fields_ = [('name', c_char_p), ('abilities', c_uint)]


class sw_sender_table(Structure):
    _fields_ = [('senders', POINTER(sw_sender)), ('count', c_size_t)]


class sw_network(Structure):
    _fields_ = [('address', c_uint8 * 4), ('bits', c_uint8)]


class sw_target(Structure):
    _fields_ = [('host', sw_argument), ('port', c_uint16), ('max_slice_bytes', c_uint16), ('data_slices', c_uint8),
                ('slices', c_uint8)]


class sw_sender_arguments(Structure):
    _fields_ = [('sender', POINTER(sw_sender)), ('subcommand', c_uint), ('network', sw_network),
                ('target', sw_target)]


# ---- audio/player.h, audio/status.h ----

class sw_player(Structure):
    _fields_ = [('flags', c_uint), ('has_file', c_int), ('length', c_uint64), ('position', c_uint64),
                ('since', c_uint64), ('events', c_uint64), ('played', c_uint64)]


class sw_status_item(Structure):
    _fields_ = [('number', c_uint8), ('name', c_char_p)]


class sw_status_table(Structure):
    _fields_ = [('items', POINTER(sw_status_item)), ('count', c_size_t)]


class sw_status_slice(Structure):
    _fields_ = [('name', c_char_p), ('number', c_int), ('last', c_int), ('size', c_uint64), ('offset', c_uint64),
                ('len', c_size_t), ('data', POINTER(c_uint8))]


class sw_status_time(Structure):
    _fields_ = [('seconds', c_uint64), ('microseconds', c_uint32)]


MIRRORED = tuple(value for name, value in sorted(globals().items())
                 if name.startswith('sw_') and value not in PRIVATE)
