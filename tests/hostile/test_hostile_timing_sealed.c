/* SPDX-License-Identifier: ISC */
/* Sealed sessions: are users told from others by the time of a refusal, or by its size? Whoever asks has a key of his
 * own and signs with it, or has somebody's public key, without the other half, and wants to know whether that is on
 * the list. */
#include "guessing.h"
#include "hostile.h"
#include "many_users.h"
#include "scratch.h"
#include "suite.h"

#include <sidewire/backends.h>

#include <unistd.h>

enum { BACKENDS = 3 };

/* What is asked. */
enum {
    KNOWN,
    UNKNOWN, /* names, with a key and a signature that belong together */
    HIS_KEY,
    NO_NAME,
    OTHER_KEY, /* a wrong signature: a user and his key; an unknown name with that; the user with
                                  * a key of another one */
    QUESTIONS
};

static guess_values seen[QUESTIONS];

/* Private keys of the stranger's; their other halves are in NAME.pub. */
#define RSA_KEY "keys/stranger-rsa"
#define ED25519_KEY "keys/stranger-ed25519"

/* A signature is looked at only if it is below the modulus: those of users are above the stranger's. */
enum { LEAST = 0xb0 };

static void run(const char *words)
{
    command_line line = { { NULL }, 0 };

    command_add_words(&line, words);
    process_expect(process_start(&line, NULL), words, 0, NULL, NULL);
}

/* Unchecked fixture. */
static void make_strangers_keys(void)
{
    sw_public_key key;

    if (access(RSA_KEY, F_OK) == 0)
        return;
    run("ssh-keygen -q -t ed25519 -N '' -C '' -f " ED25519_KEY);
    do {
        size_t len;
        const char *text;
        unlink(RSA_KEY);
        run("ssh-keygen -q -t rsa -b 2048 -N '' -C '' -f " RSA_KEY);
        text = scratch_read(RSA_KEY ".pub", &len);
        ck_assert_int_eq(sw_public_key_parse(&key, text, len, NULL), SW_OK);
    } while (key.n[0] >= LEAST);
    processes_end();
}

/* ---- users ---- */

typedef enum list_kind { ALL_RSA, ALL_ED25519, EACH_OTHER } list_kind;

static void write_ed25519_key(const sw_crypto *crypto, int i)
{
    uint8_t secret[SW_ED25519_SECRET_SIZE] = { (uint8_t)i, (uint8_t)(i >> 8) };
    sw_public_key key = { .type = SW_KEY_ED25519 };

    ck_assert_int_eq(crypto->ed25519_public(crypto->ctx, key.ed25519, secret), 0);
    write_public_key(many_users_key(i), &key);
}

static void write_users(const sw_crypto *crypto, list_kind kind, int names)
{
    static const user_kind rsa[] = { { 2048, 65537, 1, LEAST } };

    many_users_write(rsa, 1, 0, names);
    for (int i = 0; i < names; i++)
        if (kind == ALL_ED25519 || (kind == EACH_OTHER && i % 2 == 0))
            write_ed25519_key(crypto, i);
}

/* ---- questions ---- */

static double ask(const server *s, const char *name, const char *private_key, const char *public_key)
{
    peer *p = peer_client_offering(dial(s->port), name, private_key, public_key);
    sw_event event;
    double start;

    peer_expect(p, SW_EVENT_READY, &event);
    start = hostile_ms();
    peer_flush(p);
    peer_expect(p, SW_E_USER_REFUSED, &event);
    start = hostile_ms() - start;
    peer_close(p);
    return start;
}

static double ask_question(const server *s, int question, list_kind kind, int i, int names)
{
    int is_known = question == KNOWN || question == HIS_KEY || question == OTHER_KEY;
    const char *name = is_known ? known_name(i) : unknown_name(i);
    const char *private_key = kind == ALL_RSA ? RSA_KEY : ED25519_KEY;
    const char *public_key = kind == ALL_RSA ? RSA_KEY ".pub" : ED25519_KEY ".pub";

    if (question >= HIS_KEY)
        public_key = many_users_key(question == OTHER_KEY ? (i + 1) % names : i);
    return ask(s, name, private_key, public_key);
}

static void judge(const char *what, int one, int other, int names, int tries)
{
    double limit = guess_limit(names);
    double area = guess_area(&seen[one], &seen[other], names);

    hostile_figure("sealed, %s, %d names of each, least of %d: AUC %.3f by the time of a refusal, allowed %.3f",
                   what, names, tries, area, limit);
    ck_assert(area <= limit);
}

static void ask_all(const server *s, int questions, list_kind kind, int names, int round)
{
    for (int step = 0; step < names; step++) {
        int i = guess_order(step, names, round);
        for (int k = 0; k < questions; k++) {
            int question = (step + round + k) % questions;
            guess_note(&seen[question], i, ask_question(s, question, kind, i, names));
        }
    }
}

static void compare_refusals(const char *backend, list_kind kind, int names, int tries)
{
    static const char *const lists[] = { "RSA", "Ed25519", "both kinds of keys" };
    sw_crypto *crypto = sw_backend_new(NULL); /* it stays loaded meanwhile */
    int questions = kind == EACH_OTHER ? HIS_KEY : QUESTIONS;
    server s;

    for (int i = 0; i < QUESTIONS; i++)
        guess_reset(&seen[i]);
    write_users(crypto, kind, names);
    s = server_start_local(scratch_format("--max-per-source 0 --host-key host --crypto %s", backend));
    for (int round = 0; round < tries; round++)
        ask_all(&s, questions, kind, names, round);
    hostile_stop(&s);
    judge(scratch_format("%s, %s, names that are known and not", backend, lists[kind]), KNOWN, UNKNOWN, names,
          tries);
    if (questions == QUESTIONS) {
        judge(scratch_format("%s, %s, his key under his name and under none", backend, lists[kind]), HIS_KEY,
              NO_NAME, names, tries);
        judge(scratch_format("%s, %s, his name with his key and another one", backend, lists[kind]), HIS_KEY,
              OTHER_KEY, names, tries);
    }
    sw_backend_free(crypto);
}

static int has_ed25519(const char *backend)
{
    sw_crypto *crypto = sw_backend_new(backend);
    int has = crypto != NULL && crypto->ed25519_verify != NULL;

    sw_backend_free(crypto);
    return has;
}

static int names_of(list_kind kind)
{
    if (hostile_is_long())
        return 1100;
    if (hostile_is_sanitized())
        return 40;
    return kind == ALL_ED25519 ? 400 : 100;
}

START_TEST(refusals)
{
    const char *backend = sw_backend_name((size_t)_i % BACKENDS);
    list_kind kind = (list_kind)(_i / BACKENDS);
    int is_short = !hostile_is_long();

    if (backend == NULL || (is_short && _i % BACKENDS > 0))
        return;
    if (kind != ALL_RSA && (!has_ed25519(backend) || !has_ed25519(NULL)))
        return;
    compare_refusals(backend, kind, names_of(kind), is_short ? 1 : 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hostile timing, sealed");
    TCase *tcase = e2e_case(suite, "refusals");

    tcase_add_unchecked_fixture(tcase, make_strangers_keys, NULL);
    tcase_add_loop_test(tcase, refusals, 0, 3 * BACKENDS);
    return e2e_main(suite);
}
