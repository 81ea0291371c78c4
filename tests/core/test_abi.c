/* SPDX-License-Identifier: ISC */
/* Sizes of the structs that users allocate: a change breaks programs that are already built, so it
 * goes with a new soversion and new numbers here. */
#include <sidewire.h>
#include <sidewire/audio.h>
#include <sidewire/record.h>

#include "suite.h"

#include <stdio.h>

START_TEST(test_version)
{
    char text[32];

    snprintf(text, sizeof(text), "%d.%d.%d", SW_VERSION_MAJOR, SW_VERSION_MINOR, SW_VERSION_PATCH);
    ck_assert_str_eq(SW_VERSION, text);
    ck_assert_str_eq(sw_version(), SW_VERSION);
}
END_TEST

/* What holds everywhere. */
START_TEST(test_limits)
{
    ck_assert_uint_le(sizeof(sw_decoder), 64);
    ck_assert_uint_le(sizeof(sw_session), 2048);
    ck_assert_uint_ge(sizeof(sw_cipher), SW_AES_STATE_SIZE);
}
END_TEST

static const struct layout {
    const char *name;
    size_t size, lp64;
} layouts[] = {
    { "sw_argument", sizeof(sw_argument), 16 },
    { "sw_argument_vector", sizeof(sw_argument_vector), 96 },
    { "sw_command_info", sizeof(sw_command_info), 16 },
    { "sw_secrets", sizeof(sw_secrets), 130 },
    { "sw_chunk", sizeof(sw_chunk), 24 },
    { "sw_aes_state", sizeof(sw_aes_state), 616 },
    { "sw_cipher", sizeof(sw_cipher), 632 },
    { "sw_client_config", sizeof(sw_client_config), 144 },
    { "sw_command", sizeof(sw_command), 56 },
    { "sw_command_table", sizeof(sw_command_table), 16 },
    { "sw_crypto", sizeof(sw_crypto), 248 },
    { "sw_decoder", sizeof(sw_decoder), 56 },
    { "sw_ed25519_key", sizeof(sw_ed25519_key), 64 },
    { "sw_encoder", sizeof(sw_encoder), 40 },
    { "sw_error", sizeof(sw_error), 24 },
    { "sw_event", sizeof(sw_event), 80 },
    { "sw_ff_arguments", sizeof(sw_ff_arguments), 8 },
    { "sw_greeting", sizeof(sw_greeting), 52 },
    { "sw_handshake", sizeof(sw_handshake), 456 },
    { "sw_jmp_arguments", sizeof(sw_jmp_arguments), 4 },
    { "sw_network", sizeof(sw_network), 5 },
    { "sw_noise", sizeof(sw_noise), 368 },
    { "sw_player", sizeof(sw_player), 48 },
    { "sw_policy", sizeof(sw_policy), 20 },
    { "sw_private_key", sizeof(sw_private_key), 3164 },
    { "sw_public_key", sizeof(sw_public_key), 1076 },
    { "sw_record", sizeof(sw_record), 536 },
    { "sw_request", sizeof(sw_request), 24 },
    { "sw_rsa_private", sizeof(sw_rsa_private), 88 },
    { "sw_rsa_public", sizeof(sw_rsa_public), 32 },
    { "sw_sender", sizeof(sw_sender), 16 },
    { "sw_sender_arguments", sizeof(sw_sender_arguments), 48 },
    { "sw_sender_table", sizeof(sw_sender_table), 16 },
    { "sw_server_config", sizeof(sw_server_config), 104 },
    { "sw_rc4_state", sizeof(sw_rc4_state), 258 },
    { "sw_session", sizeof(sw_session), 1976 },
    { "sw_stat_arguments", sizeof(sw_stat_arguments), 8 },
    { "sw_target", sizeof(sw_target), 24 },
    { "sw_x25519_key", sizeof(sw_x25519_key), 64 },
};

START_TEST(test_sizes)
{
    const struct layout *l = &layouts[_i];

    ck_assert_msg(l->size == l->lp64, "%s has %zu bytes instead of %zu", l->name, l->size, l->lp64);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("abi");
    TCase *tcase = suite_case(suite, "sizes");

    tcase_add_test(tcase, test_version);
    tcase_add_test(tcase, test_limits);
    /* elsewhere pointers and sizes are smaller */
    if (sizeof(void *) == 8)
        tcase_add_loop_test(tcase, test_sizes, 0, COUNT(layouts));
    return run_suite(suite);
}
