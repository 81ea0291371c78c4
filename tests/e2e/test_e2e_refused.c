/* SPDX-License-Identifier: ISC */
/* Who is refused by the real server: a name that nobody has, a key that is another user's or nobody's, a signature that is
 * wrong. The same answer, and the same calls of the crypto library, in the same order and of the same sizes: the server's
 * backend writes them down (recording_backend.c). */
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <sidewire/backends.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void run(const char *words)
{
    command_line line = { { NULL }, 0 };

    command_add_words(&line, words);
    process_expect(process_start(&line, NULL), words, 0, NULL, NULL);
}

/* Users `anna` and `emil`, and a key of nobody; `spoilt` signs with emil's key, and offers anna's. */
static void make_users(const char *type)
{
    static const char *const names[] = { "anna", "emil", "none" };

    for (int i = 0; i < COUNT(names); i++)
        run(scratch_format("ssh-keygen -q -t %s -N '' -C '' -f %s", type, names[i]));
    run("cp emil spoilt");
    run("cp anna.pub spoilt.pub");
    scratch_write_text("users", "user anna anna.pub -\nuser emil emil.pub -\n");
}

/* A server with this backend that tells its calls. */
static server start_recorded(const char *backend)
{
    server s;

    ck_assert_int_eq(setenv("RECORDED_CALLS", scratch_format("%s/calls", getenv("HOME")), 1), 0);
    ck_assert_int_eq(setenv("LD_PRELOAD", tool_path(scratch_format("tests/e2e/librecording-%s.so", backend)), 1),
                     0);
    s = server_start_local(scratch_format("--host-key host --crypto %s", backend));
    ck_assert_int_eq(unsetenv("LD_PRELOAD"), 0);
    return s;
}

typedef struct attempt {
    const char *what, *user, *key;
    int is_let_in;
} attempt;

/* Names of one length, as that of the name shows in any case. */
static const attempt attempts[] = {
    { "unknown user", "nemo", "anna", 0 },
    { "another user's key", "anna", "emil", 0 },
    { "key of nobody", "anna", "none", 0 },
    { "bad signature", "anna", "spoilt", 0 },
    { "unknown user, bad signature", "nemo", "spoilt", 0 },
    { "right", "anna", "anna", 1 },
};

/* How it ended for the client, and which calls the server made for it. */
typedef struct outcome {
    int result;
    char *calls;
} outcome;

static outcome try(const server *s, const attempt *a, int is_sealed)
{
    outcome o;
    size_t before, after;
    sw_event event;
    peer *p;

    scratch_read("calls", &before);
    p = is_sealed ? peer_client_sealed(dial(s->port), a->user, a->key)
                  : peer_client(dial(s->port), a->user, a->key);
    o.result = peer_next(p, &event);
    if (o.result == SW_EVENT_READY && is_sealed) { /* which comes before the server's word */
        peer_command(p, "version");
        o.result = peer_next(p, &event);
    }
    peer_close(p);
    for (int i = 0; i < PROCESS_SECONDS * 100; i++) { /* until it is quiet: wiping and its like makes no calls */
        size_t again;
        scratch_read("calls", &after);
        sleep_ms(30);
        o.calls = scratch_read("calls", &again) + before;
        if (after > before && again == after)
            break;
    }
    o.calls = strdup(o.calls);
    return o;
}

static void check_attempt(const server *s, const attempt *a, int is_sealed, const outcome *first)
{
    outcome o = try(s, a, is_sealed);

    if (a->is_let_in)
        ck_assert_msg(o.result == (is_sealed ? SW_EVENT_DATA : SW_EVENT_READY), "%s: %d", a->what, o.result);
    else
        ck_assert_msg(o.result == first->result, "%s: %d", a->what, o.result);
    /* who is let in to a sealed session gets a reply, which is sealed; in a plain one no call of those is made */
    ck_assert_msg((strcmp(o.calls, first->calls) == 0) == (!a->is_let_in || !is_sealed),
                  "%s: calls\n%sand for %s\n%s", a->what, o.calls, attempts[0].what, first->calls);
    free(o.calls);
}

static const char *backend_of_loop(int i)
{
    for (size_t k = 0; sw_backend_name(k) != NULL; k++)
        if (i-- == 0)
            return sw_backend_name(k);
    return NULL;
}

static int has_ed25519(const char *name)
{
    sw_crypto *crypto = sw_backend_new(name);
    int has = crypto->ed25519_verify != NULL;

    sw_backend_free(crypto);
    return has;
}

enum { BACKENDS_MAX = 3 };

static void check_sealed(const char *backend, const char *type, const char *operation)
{
    server s;
    outcome first;

    make_users(type);
    s = start_recorded(backend);
    first = try(&s, &attempts[0], 1);
    ck_assert_int_eq(first.result, SW_E_USER_REFUSED);
    ck_assert_ptr_nonnull(strstr(first.calls, operation));
    ck_assert_ptr_null(strstr(strstr(first.calls, operation) + 1, operation)); /* one check */
    for (int i = 0; i < COUNT(attempts); i++)
        check_attempt(&s, &attempts[i], 1, &first);
    free(first.calls);
    server_stop(&s);
}

START_TEST(sealed_rsa)
{
    const char *backend = backend_of_loop(_i);

    if (backend != NULL)
        check_sealed(backend, "rsa -b 2048", "rsa_verify");
}
END_TEST

START_TEST(sealed_ed25519)
{
    const char *backend = backend_of_loop(_i);

    if (backend != NULL && has_ed25519(backend))
        check_sealed(backend, "ed25519", "ed25519_verify");
}
END_TEST

/* A plain session has no signatures: names that nobody has, and keys that do not open the challenge. */
START_TEST(plain)
{
    const char *backend = backend_of_loop(_i);
    server s;
    outcome first;

    if (backend == NULL)
        return;
    make_users("rsa -b 2048");
    s = start_recorded(backend);
    first = try(&s, &attempts[0], 0);
    ck_assert_int_lt(first.result, 0);
    ck_assert_ptr_nonnull(strstr(first.calls, "oaep_encrypt"));
    check_attempt(&s, &attempts[1], 0, &first);
    check_attempt(&s, &attempts[2], 0, &first);
    check_attempt(&s, &attempts[COUNT(attempts) - 1], 0, &first); /* even this one */
    free(first.calls);
    server_stop(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e refused");

    tcase_add_loop_test(e2e_case(suite, "sealed, RSA"), sealed_rsa, 0, BACKENDS_MAX);
    tcase_add_loop_test(e2e_case(suite, "sealed, Ed25519"), sealed_ed25519, 0, BACKENDS_MAX);
    tcase_add_loop_test(e2e_case(suite, "plain"), plain, 0, BACKENDS_MAX);
    return e2e_main(suite);
}
