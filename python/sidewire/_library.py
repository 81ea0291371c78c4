# SPDX-License-Identifier: ISC
"""The C library: where it is found, and its functions."""

import ctypes
import os
import re
from typing import Any, Dict, List

from . import _structs

VERSION = '0.1.0'
SOVERSION = VERSION.split('.', maxsplit=1)[0]

# As in the headers, without the names of arguments. Types of ctypes are made of this text, and the tests have a
# compiler read it behind the headers, which refuses what is declared in another way there.
DECLARATIONS = '''
const char *sw_version(void);

int sw_session_client(sw_session *, const sw_client_config *, uint8_t *, size_t, uint8_t *, size_t);
int sw_session_server(sw_session *, const sw_server_config *, uint8_t *, size_t, uint8_t *, size_t);
void sw_session_wipe(sw_session *);
int sw_session_log_keys(sw_session *, sw_secrets *);
int sw_session_next(sw_session *, sw_event *);
int sw_session_defer(sw_session *, size_t);
unsigned sw_session_wants(const sw_session *);
uint8_t *sw_session_rx_space(sw_session *, size_t *);
int sw_session_rx_commit(sw_session *, size_t);
int sw_session_rx_end(sw_session *);
int sw_session_burst_end(sw_session *);
int sw_session_greeting_end(sw_session *);
const uint8_t *sw_session_tx_bytes(sw_session *, size_t *);
int sw_session_tx_drain(sw_session *, size_t);
int sw_session_key(sw_session *, const sw_public_key *);
int sw_session_accept(sw_session *, int);
int sw_session_sign(sw_session *, const uint8_t *, size_t);
int sw_session_command(sw_session *, const sw_argument *, size_t, int);
int sw_session_send(sw_session *, uint8_t, const void *, size_t, size_t *);
int sw_session_arguments(const sw_session *, const sw_event *, sw_argument *, size_t, sw_command_info *, sw_error *);
int sw_session_exit(sw_session *, int);
int sw_session_lend_rx(sw_session *, uint8_t *, size_t);
int sw_session_lend_tx(sw_session *, uint8_t *, size_t);
unsigned sw_session_features(const sw_session *);
int sw_session_is_legacy(const sw_session *);
sw_error sw_session_error(const sw_session *);
const char *sw_command_refusal(int);
const sw_command *sw_command_find(const sw_command_table *, const char *, size_t);
int sw_command_check(const sw_command_table *, const sw_argument *, size_t, unsigned, const sw_command **, const char **,
                     sw_error *);

int sw_public_key_parse(sw_public_key *, const char *, size_t, sw_error *);
int sw_private_key_parse(sw_private_key *, const char *, size_t, sw_error *);
int sw_public_key_of_private_file(sw_public_key *, const char *, size_t, sw_error *);
int sw_private_key_public(const sw_private_key *, const sw_crypto *, sw_public_key *);
void sw_private_key_wipe(sw_private_key *);
sw_rsa_private sw_private_key_view(const sw_private_key *);
int sw_server_key_parse(sw_x25519_key *, const sw_crypto *, const char *, size_t, sw_error *);
int sw_server_key_make(sw_x25519_key *, const sw_crypto *);
void sw_server_key_write(const sw_x25519_key *, char *);
void sw_server_key_wipe(sw_x25519_key *);
void sw_server_key_text(const uint8_t *, char *);
int sw_server_key_read(uint8_t *, const char *, size_t);
int sw_fingerprint(const sw_crypto *, const uint8_t *, size_t, char *);
int sw_ssh_key_write(const sw_public_key *, uint8_t *, size_t, size_t *);
int sw_ssh_key_is(const sw_public_key *, const uint8_t *, size_t);
int sw_ssh_proof_read(sw_ssh_proof *, const uint8_t *, size_t);
int sw_ssh_sign(const sw_crypto *, const sw_rsa_private *, const sw_ed25519_key *, const uint8_t *, size_t, uint8_t *,
                size_t, size_t *);

int sw_challenge_open(sw_secrets *, const sw_crypto *, const sw_rsa_private *, unsigned, const uint8_t *, size_t,
                      sw_error *);
void sw_secrets_wipe(sw_secrets *);
void sw_observer_init(sw_observer *, const sw_crypto *);
int sw_observer_next(sw_observer *, unsigned, sw_observer_input *, sw_observer_event *);
int sw_observer_open(sw_observer *, const sw_secrets *, size_t);
int sw_observer_believe(sw_observer *, unsigned, int);
void sw_observer_abandon(sw_observer *, unsigned);
sw_observer_wait sw_observer_waits(const sw_observer *, unsigned);
int sw_observer_is_session(const sw_observer *);
int sw_observer_client(const sw_observer *);
unsigned sw_observer_features(const sw_observer *);
void sw_observer_wipe(sw_observer *);

size_t sw_audio_error_format(const sw_error *, char *, size_t);
void sw_permissions_format(unsigned, char *);
int sw_permissions_parse_names(const char *, size_t, unsigned *, sw_error *);
int sw_stat_parse(const sw_argument *, size_t, sw_stat_arguments *, sw_error *);
int sw_stat_format(const sw_stat_arguments *, sw_argument_vector *, sw_error *);
int sw_ff_parse(const sw_argument *, size_t, sw_ff_arguments *, sw_error *);
int sw_ff_format(const sw_ff_arguments *, sw_argument_vector *, sw_error *);
int sw_jmp_parse(const sw_argument *, size_t, sw_jmp_arguments *, sw_error *);
int sw_jmp_format(const sw_jmp_arguments *, sw_argument_vector *, sw_error *);
int sw_sender_parse(const sw_sender_table *, const sw_argument *, size_t, sw_sender_arguments *, sw_error *);
int sw_sender_format(const sw_sender_arguments *, sw_argument_vector *, sw_error *);

void sw_player_init(sw_player *);
int sw_player_run(sw_player *, uint64_t);
int sw_player_opened(sw_player *, uint64_t, uint64_t);
int sw_player_moved(sw_player *, uint64_t);
uint64_t sw_player_wait(const sw_player *, uint64_t);
uint64_t sw_player_position(const sw_player *, uint64_t);
int sw_player_play(sw_player *, uint64_t);
int sw_player_stop(sw_player *, uint64_t);
int sw_player_pause(sw_player *, uint64_t);
int sw_player_next(sw_player *, uint64_t);
int sw_player_nomore(sw_player *, uint64_t);
int sw_player_ff(sw_player *, uint32_t, int, uint64_t);
int sw_player_jmp(sw_player *, uint32_t, uint64_t);
sw_status_state sw_player_state(unsigned);

int sw_status_table_check(const sw_status_table *, sw_error *);
int sw_status_write(sw_status_form, const sw_status_item *, const void *, size_t, uint8_t *, size_t, size_t *, sw_error *);
int sw_status_reader_init(sw_status_reader *, sw_status_form, const sw_status_table *);
int sw_status_reader_next(sw_status_reader *, const uint8_t *, size_t, size_t *, sw_status_slice *);
int sw_status_reader_end(sw_status_reader *);
sw_error sw_status_reader_error(const sw_status_reader *);
const char *sw_status_state_text(sw_status_state);
int sw_status_state_parse(const char *, size_t, sw_status_state *, sw_error *);
void sw_status_flags_format(unsigned, char *);
int sw_status_flags_parse(const char *, size_t, unsigned *, sw_error *);
size_t sw_status_time_format(const sw_status_time *, int, char *, size_t);
int sw_status_time_parse(const char *, size_t, sw_status_time *, sw_error *);

const char *sw_backend_name(size_t);
sw_crypto *sw_backend_new(const char *);
void sw_backend_free(sw_crypto *);
'''

_PLAIN: Dict[str, Any] = {'int': ctypes.c_int, 'unsigned': ctypes.c_uint, 'size_t': ctypes.c_size_t,
                          'uint8_t': ctypes.c_uint8, 'uint32_t': ctypes.c_uint32, 'uint64_t': ctypes.c_uint64,
                          'sw_observer_wait': ctypes.c_uint, 'sw_status_form': ctypes.c_uint,
                          'sw_status_state': ctypes.c_uint}
_POINTERS: Dict[str, Any] = {'char': ctypes.c_char_p, 'void': ctypes.c_void_p}


def _type_of(text: str) -> Any:
    """The ctypes type of `const sw_event *` and the like."""
    name = text.replace('const', '').replace('*', '').strip()
    stars = text.count('*')
    if stars and name in _POINTERS:
        made, stars = _POINTERS[name], stars - 1
    elif name == 'void':
        return None
    else:
        made = _PLAIN[name] if name in _PLAIN else getattr(_structs, name)
    for _ in range(stars):
        made = ctypes.POINTER(made)
    return made


def _open(name: str) -> Any:
    """A library by its name. PyDLL keeps Python's lock during a call, so that threads may share a backend."""
    file = f'lib{name}.so.{SOVERSION}'
    for folder in filter(None, os.environ.get('SIDEWIRE_LIBDIR', '').split(os.pathsep)):
        path = os.path.join(folder, file)
        if os.path.exists(path):
            return ctypes.PyDLL(path)
    try:
        return ctypes.PyDLL(file)
    except OSError as error:
        raise ImportError(f'sidewire: {error}; SIDEWIRE_LIBDIR may say in which folder {file} is') from error


class Library:
    """Its functions, as attributes with the names that they have in C."""

    def __init__(self) -> None:
        parts: List[Any] = [_open('sidewire'), _open('sidewire-backends')]
        self._core = parts[0]
        for found in re.finditer(r'(\w[^;(]*?)(sw_\w+)\(([^)]*)\);', DECLARATIONS):
            result, name, arguments = found.groups()
            part = parts[1] if name.startswith('sw_backend_') else parts[0]
            function = getattr(part, name)
            function.restype = _type_of(result)
            function.argtypes = [] if arguments == 'void' else [_type_of(text) for text in arguments.split(',')]
            setattr(self, name, function)

    def table(self, kind: Any, name: str) -> Any:
        """A variable of the library, of a struct."""
        return kind.in_dll(self._core, name)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f'{name} is not declared in {__name__}')


lib = Library()
_running = lib.sw_version().decode()
if [int(n) for n in _running.split('.')[:2]] < [int(n) for n in VERSION.split('.')[:2]]:
    raise ImportError(f'sidewire: this package needs version {VERSION} of the library, found is {_running}')
