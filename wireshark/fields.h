/* SPDX-License-Identifier: ISC */
/* Fields, subtrees and expert infos: what filters and columns go by. */
#ifndef SIDEWIRE_WIRESHARK_FIELDS_H
#define SIDEWIRE_WIRESHARK_FIELDS_H

#include <epan/expert.h>
#include <epan/packet.h>

extern int hf_user, hf_mode, hf_cipher, hf_greeting, hf_request, hf_features, hf_challenge, hf_key, hf_response,
    hf_response_right, hf_band, hf_length, hf_offset, hf_body, hf_argv, hf_text, hf_exit_status, hf_encrypted,
    hf_undecoded, hf_begun, hf_held, hf_lost, hf_begins_in, hf_session, hf_answer_in, hf_answer_to, hf_time,
    hf_noise, hf_user_key, hf_record, hf_record_length, hf_record_opened, hf_record_rekeyed, hf_record_limit;
extern int ett_protocol, ett_item;
extern expert_field ei_band, ei_length, ei_malformed, ei_response, ei_no_key, ei_held, ei_lost, ei_unterminated,
    ei_too_many, ei_wrong_keys, ei_truncated, ei_undecoded, ei_resumed, ei_unsure, ei_conflict, ei_record,
    ei_awaits_keys;

void fields_register(int proto);

#endif
