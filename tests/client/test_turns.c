/* SPDX-License-Identifier: ISC */
/* Which keys prove the user, connection after connection, and what is said when none did. */
#include "turns.h"

#include "own_errors.h"
#include "report.h"
#include "scratch.h"
#include "suite.h"

#include <sidewire/backends.h>

#include <stdlib.h>
#include <string.h>

static arguments args;
static credentials keys;
static size_t first;
static turns t;
static proof p;

static void setup(void)
{
    unsetenv("SSH_AUTH_SOCK");
    scratch_enter();
    own_errors_begin();
    report_program("client");
    args = (arguments){ .in = -1, .out = -1, .policy.features = SW_FEATURES_ALL | SW_FEATURES_SEALED };
    memset(&keys, 0, sizeof(keys));
    first = 0;
    keys.first = &first;
}

static void teardown(void)
{
    turns_end(&t);
    own_errors_end();
    scratch_leave();
}

/* A key for each letter, whose name it is. R: RSA, of a file. r: RSA, in an agent. E, e: the same of Ed25519. */
static void begin(const char *kinds)
{
    static char names[CREDENTIALS_MAX][2];

    for (keys.count = 0; kinds[keys.count] != '\0'; keys.count++) {
        credential *c = &keys.keys[keys.count];
        char kind = kinds[keys.count];

        names[keys.count][0] = kind;
        c->name = names[keys.count];
        c->half.type = kind == 'R' || kind == 'r' ? SW_KEY_RSA : SW_KEY_ED25519;
        c->secret.type = kind == 'R' || kind == 'E' ? c->half.type : SW_KEY_NONE;
    }
    turns_begin(&t, &args, &keys, sw_backend_new(NULL));
}

/* signer, decrypter: places, -1: none. */
static void expect_next(int signer, int decrypter)
{
    ck_assert_int_eq(turns_next(&t, &p), 1);
    ck_assert_ptr_eq(p.all, &keys);
    ck_assert_ptr_eq(p.signer, &keys.keys[signer]);
    ck_assert_uint_eq(p.signer_at, (size_t)signer);
    ck_assert_ptr_eq(p.decrypter, decrypter < 0 ? NULL : &keys.keys[decrypter]);
    if (decrypter >= 0)
        ck_assert_uint_eq(p.decrypter_at, (size_t)decrypter);
}

static void refuse(int status)
{
    turns_refused(&t, &p, status, "no entry");
}

/* Nothing is left: this status and this text. */
static void expect_end(int status, const char *text)
{
    ck_assert_int_eq(turns_next(&t, &p), 0);
    own_errors_clear();
    ck_assert_int_eq(turns_give_up(&t, "there"), status);
    ck_assert_str_eq(own_errors(), text);
}

/* ---- in order ---- */

START_TEST(a_single_key_has_a_single_turn)
{
    begin("R");
    expect_next(0, 0);
    refuse(CLIENT_KEY_REFUSED_SEALED);
    expect_end(STATUS_CONNECTION, "client: there: no entry; keys tried: R\n");
}
END_TEST

START_TEST(first_is_who_was_taken_before)
{
    first = 1;
    begin("RRR");
    expect_next(1, 1);
    refuse(CLIENT_KEY_REFUSED_SEALED);
    expect_next(2, 2);
    refuse(CLIENT_KEY_REFUSED_SEALED);
    expect_next(0, 0);
    refuse(CLIENT_KEY_REFUSED_SEALED);
    expect_end(STATUS_CONNECTION, "client: there: no entry; keys tried: R, R, R\n");
}
END_TEST

START_TEST(no_more_connections_than_keys_may_be)
{
    begin("R");
    for (int i = 0; i < CREDENTIALS_MAX; i++)
        expect_next(0, 0);
    ck_assert_int_eq(turns_next(&t, &p), 0);
}
END_TEST

START_TEST(one_connection_tries_one_key)
{
    args.in = _i == 0 ? 0 : 3;
    begin("RR");
    expect_next(0, 0);
    refuse(CLIENT_KEY_REFUSED_SEALED);
    expect_end(STATUS_CONNECTION,
               "client: there: no entry; keys tried: R\n"
               "client: not tried: R (one connection tries one key)\n");
}
END_TEST

/* ---- either kind of session ---- */

START_TEST(sealed_takes_signers_only)
{
    begin("reR");
    expect_next(0, 2);
    refuse(CLIENT_KEY_REFUSED_SEALED);
    expect_next(1, -1); /* it is sealed: nobody has to decrypt */
    refuse(CLIENT_KEY_REFUSED_SEALED);
    expect_next(2, 2);
    refuse(CLIENT_KEY_REFUSED_SEALED);
    expect_end(STATUS_CONNECTION, "client: there: no entry; keys tried: r, e, R\n");
}
END_TEST

START_TEST(plain_takes_decrypters_only)
{
    begin("rReR");
    expect_next(0, 1);
    refuse(CLIENT_KEY_REFUSED_PLAIN);
    expect_next(3, 3); /* also as the signer, as there has to be one */
    refuse(CLIENT_KEY_REFUSED_PLAIN);
    expect_end(STATUS_CONNECTION,
               "client: there: no entry; keys tried: R, R\n"
               "client: for sealed sessions only: r, e\n");
}
END_TEST

START_TEST(plain_from_the_start_without_features)
{
    args.policy.features = SW_FEATURES_ALL;
    begin("rR");
    expect_next(1, 1);
    refuse(CLIENT_KEY_REFUSED_PLAIN);
    expect_end(STATUS_CONNECTION, "client: there: no entry; keys tried: R\nclient: for sealed sessions only: r\n");
}
END_TEST

/* ---- nothing to decrypt with ---- */

START_TEST(plain_without_a_decrypter_is_no_connection)
{
    args.policy.features = SW_FEATURES_ALL;
    begin("re");
    expect_end(STATUS_USAGE,
               "client: there: the session is plain (--features has none of those for sealed ones), and for "
               "that a file of an RSA key is needed; there are only: r, e\n");
    args.plain = 1;
    expect_end(STATUS_USAGE,
               "client: there: the session is plain (that is what --plain asks for), and for that a file of "
               "an RSA key is needed; there are only: r, e\n");
}
END_TEST

START_TEST(a_server_that_does_not_seal_has_no_use_for_an_agent)
{
    begin("r");
    expect_next(0, -1);
    refuse(CLIENT_KEY_REFUSED_PLAIN);
    expect_end(STATUS_CONNECTION,
               "client: there: the session is plain (the server offers no other), and r is in an agent, "
               "which can sign, but not decrypt: it needs a sealed session\n");
}
END_TEST

START_TEST(a_server_that_does_not_seal_has_no_use_for_ed25519)
{
    begin("e");
    expect_next(0, -1);
    refuse(CLIENT_KEY_REFUSED_PLAIN);
    expect_end(STATUS_CONNECTION,
               "client: there: the session is plain (the server offers no other), and e is an Ed25519 "
               "key, which needs a sealed session\n");
}
END_TEST

/* ---- what is said ---- */

START_TEST(a_chosen_key_is_not_named)
{
    keys.is_chosen = 1;
    begin("R");
    expect_next(0, 0);
    refuse(CLIENT_KEY_REFUSED_SEALED);
    expect_end(STATUS_CONNECTION, "client: there: no entry\n");
}
END_TEST

START_TEST(what_else_there_was_is_named)
{
    char unused[] = "id_rsa: locked";

    keys.unused = unused;
    keys.left_out = 3;
    begin("R");
    expect_next(0, 0);
    refuse(CLIENT_KEY_REFUSED_SEALED);
    expect_end(STATUS_CONNECTION,
               "client: there: no entry; keys tried: R\nclient: not usable: id_rsa: locked\n"
               "client: the agent has 3 more keys; -k takes one of them, by a file of its public half\n");
    unused[0] = '\0';
    keys.left_out = 0;
    expect_end(STATUS_CONNECTION, "client: there: no entry; keys tried: R\n");
}
END_TEST

START_TEST(refusals_are_told_if_asked_for)
{
    begin("RR");
    expect_next(0, 0);
    refuse(CLIENT_KEY_REFUSED_SEALED);
    ck_assert_str_eq(own_errors(), "");
    args.verbose = 1;
    expect_next(1, 1);
    refuse(CLIENT_KEY_REFUSED_SEALED);
    ck_assert_str_eq(own_errors(), "client: R: no entry\n");
}
END_TEST

/* Names of files can be long: the end of their list is lost, and nothing else. */
START_TEST(names_of_any_length)
{
    enum { LONG = 700 };
    char *name = scratch_allocate(LONG + 1);
    const char *text;

    memset(name, 'k', LONG);
    begin("RR");
    keys.keys[0].name = keys.keys[1].name = name;
    expect_next(0, 0);
    refuse(CLIENT_KEY_REFUSED_SEALED);
    expect_next(1, 1);
    refuse(CLIENT_KEY_REFUSED_SEALED);
    ck_assert_int_eq(turns_give_up(&t, "there"), STATUS_CONNECTION);
    text = strstr(own_errors(), "keys tried: ");
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_gt(strlen(text), LONG);
}
END_TEST

/* ---- Ed25519, which not all backends know ---- */

static int signs(sw_crypto *crypto)
{
    int does = crypto != NULL && crypto->ed25519_sign != NULL;

    sw_backend_free(crypto);
    return does;
}

/* The names of those built that can, as messages have them. */
static const char *those_who_sign(void)
{
    const char *names = "";

    for (size_t i = 0; sw_backend_name(i) != NULL; i++)
        if (signs(sw_backend_new(sw_backend_name(i))))
            names = scratch_format("%s%s%s", names, *names != '\0' ? ", " : "", sw_backend_name(i));
    return names;
}

START_TEST(a_backend_that_signs_is_found)
{
    int (*real)(void *, const sw_ed25519_key *, const uint8_t *, size_t, uint8_t *);
    const char *can = those_who_sign();

    begin("E");
    real = t.crypto->ed25519_sign;
    t.crypto->ed25519_sign = NULL;
    if (*can == '\0') {
        expect_end(STATUS_USAGE,
                   scratch_format("client: E: %s cannot sign with Ed25519 keys; openssl and gcrypt can, which "
                                  "were not built\n",
                                  t.crypto->name));
        return;
    }
    expect_next(0, -1);
    ck_assert(t.crypto->ed25519_sign != NULL);
    ck_assert(real == NULL || t.crypto->ed25519_sign == real);
    ck_assert_str_eq(t.why, "");
}
END_TEST

START_TEST(a_backend_that_was_chosen_stays)
{
    const char *can = those_who_sign();
    sw_crypto *chosen;

    args.crypto = "this";
    begin("ER");
    chosen = t.crypto;
    chosen->ed25519_sign = NULL;
    expect_next(1, 1);
    ck_assert_ptr_eq(t.crypto, chosen);
    if (*can != '\0')
        ck_assert_str_eq(
            t.why, scratch_format("%s cannot sign with Ed25519 keys; these can: %s; see --crypto, or have an "
                                  "agent sign",
                                  chosen->name, can));
}
END_TEST

/* Whoever cannot sign has had his turn, wherever his place is. */
START_TEST(who_cannot_sign_is_asked_once)
{
    args.crypto = "this";
    begin("RRE");
    t.crypto->ed25519_sign = NULL;
    expect_next(0, 0);
    refuse(CLIENT_KEY_REFUSED_SEALED);
    expect_next(1, 1);
    refuse(CLIENT_KEY_REFUSED_SEALED);
    ck_assert_int_eq(turns_next(&t, &p), 0);
    ck_assert_uint_eq(t.tried, 1u << 0 | 1u << 1 | 1u << 2);
}
END_TEST

static Suite *turns_suite(void)
{
    Suite *suite = suite_create("turns");
    TCase *tcase = suite_case(suite, "turns");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_single_key_has_a_single_turn);
    tcase_add_test(tcase, first_is_who_was_taken_before);
    tcase_add_test(tcase, no_more_connections_than_keys_may_be);
    tcase_add_loop_test(tcase, one_connection_tries_one_key, 0, 2);
    tcase_add_test(tcase, sealed_takes_signers_only);
    tcase_add_test(tcase, plain_takes_decrypters_only);
    tcase_add_test(tcase, plain_from_the_start_without_features);
    tcase_add_test(tcase, plain_without_a_decrypter_is_no_connection);
    tcase_add_test(tcase, a_server_that_does_not_seal_has_no_use_for_an_agent);
    tcase_add_test(tcase, a_server_that_does_not_seal_has_no_use_for_ed25519);
    tcase_add_test(tcase, a_chosen_key_is_not_named);
    tcase_add_test(tcase, what_else_there_was_is_named);
    tcase_add_test(tcase, refusals_are_told_if_asked_for);
    tcase_add_test(tcase, names_of_any_length);
    tcase_add_test(tcase, a_backend_that_signs_is_found);
    tcase_add_test(tcase, a_backend_that_was_chosen_stays);
    tcase_add_test(tcase, who_cannot_sign_is_asked_once);
    return suite;
}

int main(void)
{
    int failed;

    if (scratch_open() < 0)
        return EXIT_FAILURE;
    failed = run_suite(turns_suite());
    scratch_close();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
