# SPDX-License-Identifier: ISC
# What script/prove proves; sourced. A unit is here once all of it was seen proved.
# shellcheck shell=bash disable=SC2034

# Eva: unit, harness in tests/proof (its function prove_UNIT is the most general caller), what of src/ it needs, a header of
# tests/proof to be included in front of each file, how many states are kept apart in a function (100 otherwise), and
# options of Eva
eva_units='
greeting      messages.c  messages.c text.c error.c
challenge     messages.c  messages.c text.c error.c keys.c key_reader.c keys_der.c keys_openssh.c
request       messages.c  messages.c text.c error.c plain_string.h read_request:2000 write_request:2000 sw_request_parse:2000 parse_request:2000 sw_request_format:2000 valid_user_name:2000
player        player.c    audio/player.c error.c
encoder       packets.c   packet.c error.c text.c
decoder       packets.c   packet.c error.c text.c -eva-interprocedural-splits sw_decoder_next:2000 next:2000 take:2000 take_next:2000 take_parts:2000 take_header:2000 take_body:2000 prove_decoder:500
record        records.c   record.c noise.c noise_symmetric.c hmac.c error.c text.c
noise         records.c   record.c noise.c noise_symmetric.c hmac.c error.c text.c plain_string.h
vectors       arguments.c command.c text.c error.c plain_string.h
typed_numbers arguments.c audio/arguments.c audio/sender.c command.c text.c error.c audio/error.c plain_string.h -eva-slevel=500
typed_sender  arguments.c audio/arguments.c audio/sender.c command.c text.c error.c audio/error.c plain_string.h -eva-slevel=1000
written_numbers arguments.c audio/arguments.c audio/sender.c command.c text.c error.c audio/error.c plain_string.h -eva-slevel=500
written_sender arguments.c audio/arguments.c audio/sender.c command.c text.c error.c audio/error.c plain_string.h -eva-slevel=500
status_writer status.c    audio/status.c audio/status_items.c audio/status_reader.c text.c error.c plain_string.h
status_parser status.c    audio/status.c audio/status_items.c audio/status_reader.c text.c error.c plain_string.h -eva-interprocedural-splits
status_human  status.c    audio/status.c audio/status_items.c audio/status_reader.c text.c error.c plain_string.h -eva-interprocedural-splits
status_values status.c    audio/status.c audio/status_items.c audio/status_reader.c text.c error.c plain_string.h
'

# WP: unit, file in src/, or one of tests/proof, the functions, WP's model of memory if it is not Typed+Cast, and options of
# WP. With Ref, what is only pointed at is an object of its own: the goals are small then, and pointers must be as the log's
# hypotheses say. With -wp-split each goal is one for each way through the function, with
# -wp-literals the provers know the letters of strings that stand in the code.
wp_units='
names            text.c             swi_name_is
comparison       secret.c           swi_secret_equal,also_differ,byte_is_zero
ssh_strings      ssh.c              swi_ssh_string
ssh_parts        ssh.c              swi_ssh_view_is,read_number,check_rsa,read_rsa,read_ed25519,sw_ssh_proof_read Typed+Cast+Ref
ssh_blobs        ssh.c              sw_ssh_key_read,swi_ssh_signature_read Typed+Cast+Ref -wp-literals
key_text         key_reader.c       swi_reader_fail,swi_reader_require,peek,is_blank,skip_blanks,skip_line,line_has_colon,at_gap,skip_gap,fail_truncated,fail_digit,fill_bits,swi_reader_next_is,swi_reader_left Typed+Cast+Ref
key_lines        key_reader.c       take,take_pem_line,take_ssh_line,skip_options,take_key_line,skip_headers,swi_reader_init,expect,swi_reader_finish Typed+Cast+Ref -wp-literals
key_structures   key_reader.c       swi_reader_open,swi_reader_close,swi_reader_byte,swi_reader_number,swi_reader_read,swi_reader_skip,swi_reader_matches Typed+Cast+Ref
key_der          keys_der.c         der_open,swi_der_open_integer,skip_element,read_version,read_oid,read_algorithm Typed+Cast+Ref
key_numbers      keys.c             open_number,read_number,swi_key_modulus,swi_key_exponent,read_secret,swi_key_secret_exponent,swi_key_primes,swi_key_ed25519_public,swi_key_ed25519_secret Typed+Cast+Ref
key_checks       keys.c             product_is_modulus,d_is_below_modulus,is_consistent,check_form,is_whole Typed+Cast+Ref
key_formats      keys_der.c         swi_der_pkcs1_public,swi_der_spki,swi_der_pkcs1,read_curve_secret,read_public_half,swi_der_pkcs8 Typed+Cast+Ref
key_ssh_parts    keys_openssh.c     swi_ssh_open_string,skip_string,name_is_none,expect_number,read_type Typed+Cast+Ref -wp-literals
key_ssh          keys_openssh.c     swi_ssh_public,read_rsa,read_ed25519,read_private_block,swi_ssh_private Typed+Cast+Ref -wp-literals
starts           tests/proof/splits.c prove_start_stays,prove_start_of_next,prove_bodies,prove_packets
splits_step      tests/proof/splits.c prove_chunk,prove_told,prove_step Typed+Cast+Ref
splits_lists     tests/proof/splits.c put_byte,prove_put,prove_put_end,prove_put_end_if,prove_puts Typed+Cast+Ref
splits_any       tests/proof/splits.c prove_turn,prove_any_split Typed+Cast+Ref
round_trip       tests/proof/splits.c prove_whole,prove_round_trip Typed+Cast+Ref
packets_in       packet.c           sw_decoder_next,sw_decoder_init,sw_decoder_set_cipher,sw_decoder_set_limit,sw_decoder_hint,sw_decoder_error,sw_decoder_end,decoder_check,decoder_fail,decoder_between_packets,sw_band_name,sw_chunk_is_first,sw_chunk_is_last
packets_next     packet.c           is_whole,take_whole,take_next Typed+Cast+Ref
packets_body     packet.c           take_body Typed+Ref
packets_header   packet.c           take_header Typed+Cast+Ref
packets_parts    packet.c           take_parts Typed+Cast+Ref -wp-split
packets_put      packet.c           write_packet,spoils_body,put_packet Typed+Cast+Ref
packets_out      packet.c           sw_encoder_packet,sw_encoder_begin,sw_encoder_body,sw_encoder_init,sw_encoder_set_cipher,sw_encoder_error,encode_header,encode_body,encoder_check,encoder_fail,encoder_between_packets,swi_cipher_pass
records          record.c           check,open_whole,sw_record_open,sw_record_text_max Typed+Cast+Ref
commands_legacy  command.c          legacy_carries,sw_command_legacy_complete
commands_write   command.c          write_arguments
commands_encode  command.c          encode
commands_split   command.c          argument_end,split Typed+Cast+Ref
commands_text    command.c          decode_text Typed+Cast+Ref
commands_calls   command.c          decode,sw_command_encode,sw_command_encode_legacy,sw_command_decode,sw_command_decode_legacy
numbers          audio/arguments.c  swi_argument_number,swi_argument_last_number,swi_argument_skip
buffers_records  session_records.c  join_kept,pass_over,swi_records_close_gap,swi_session_rx_gap
buffers_send     session_send.c     make_room
'
