# SPDX-License-Identifier: ISC
# What script/prove proves; sourced. A unit is here once all of it was seen proved.
# shellcheck shell=bash disable=SC2034

# Eva: unit, harness in tests/proof (its function prove_UNIT is the most general caller), what of src/ it needs, and how
# many states are kept apart in a function (100 otherwise)
eva_units='
greeting   messages.c messages.c text.c error.c
challenge  messages.c messages.c text.c error.c keys.c key_reader.c keys_der.c keys_openssh.c
player     player.c   audio/player.c error.c
encoder    packets.c  packet.c error.c text.c
record     records.c  record.c noise.c noise_symmetric.c hmac.c error.c text.c
noise      records.c  record.c noise.c noise_symmetric.c hmac.c error.c text.c
vectors    arguments.c command.c text.c error.c
status_writer status.c audio/status.c audio/status_items.c audio/status_reader.c text.c error.c
'

# WP: unit, file in src/, or one of tests/proof, and the functions if not all of them
wp_units='
names            text.c             swi_name_is
numbers          audio/arguments.c  swi_argument_number,swi_argument_last_number,swi_argument_skip
buffers_records  session_records.c  join_kept,pass_over,swi_records_close_gap,swi_session_rx_gap
buffers_send     session_send.c     make_room
'
