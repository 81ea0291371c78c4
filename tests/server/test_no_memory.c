/* SPDX-License-Identifier: ISC */
/* Each allocation of the server's loop fails in turn, in sessions of several kinds: whoever it was for is told or closed,
 * nothing is lost or kept, and the next one is served. Those of libraries do not fail. */
#include "serving.h"

#include "own_errors.h"
#include "scratch.h"
#include "suite.h"
#include "user_keys.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEFT_ALONE = -1, PATIENCE_TURNS = 20000 };

static long countdown = LEFT_ALONE; /* allocations before the one that fails */
static int has_failed;

/* ---- allocation; the linker puts these in the place of the C library's ---- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t len);
int __real_vasprintf(char **text, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t len);
int __wrap_asprintf(char **text, const char *format, ...) __attribute__((format(printf, 2, 3)));
int __wrap_vasprintf(char **text, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

static int fails_now(void)
{
    if (!serving_is_turning || countdown == LEFT_ALONE)
        return 0;
    if (countdown-- > 0)
        return 0;
    has_failed = 1;
    countdown = LEFT_ALONE;
    return 1;
}

void *__wrap_malloc(size_t size)
{
    return fails_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails_now() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    return fails_now() ? NULL : __real_realloc(block, size);
}

char *__wrap_strdup(const char *text)
{
    return fails_now() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t len)
{
    return fails_now() ? NULL : __real_strndup(text, len);
}

int __wrap_vasprintf(char **text, const char *format, va_list args)
{
    return fails_now() ? -1 : __real_vasprintf(text, format, args);
}

int __wrap_asprintf(char **text, const char *format, ...)
{
    va_list args;
    int len = -1;

    va_start(args, format);
    if (!fails_now())
        len = __real_vasprintf(text, format, args);
    va_end(args);
    return len;
}

/* ---- sessions ---- */

typedef struct scene {
    const char *const *command;
    size_t upload; /* bytes; 0: none */
} scene;

static const char *const version[] = { "version", NULL };
static const char *const help[] = { "help", NULL };
static const char *const add[] = { "addimg", "new", NULL };
static const char *const cat[] = { "catimg", "old", NULL };
static const char *const list[] = { "lsimg", "-l", NULL };
static const char *const rename_to[] = { "mvimg", "old", "old", NULL };
static const char *const drop[] = { "rmimg", "none", "n*", NULL };
static const char *const watch[] = { "stat", "-n=1", NULL };
static const char *const info[] = { "si", NULL };
static const char *const reload_users[] = { "hup", NULL };
static const char *const list_senders[] = { "sender", NULL };

static const scene scenes[] = {
    { version, 0 }, { help, 0 },  { add, 20000 }, { cat, 0 },          { list, 0 },         { rename_to, 0 },
    { drop, 0 },    { watch, 0 }, { info, 0 },    { reload_users, 0 }, { list_senders, 0 },
};

/* Goes on until the session is over in any way, as far as the visitor gets. */
static void visit(const scene *s)
{
    static const uint8_t piece[4000];
    visitor *v = visitor_come("alice", "alice");
    int is_asked = 0;
    size_t sent = 0;
    size_t taken;
    int turns = 0;

    for (; v->error == 0 && !(v->seen & 1u << SW_EVENT_EXIT); turns++) {
        ck_assert_int_lt(turns, PATIENCE_TURNS);
        serving_turn();
        poll(NULL, 0, turns > 100);
        if ((v->seen & 1u << SW_EVENT_READY) && !is_asked) {
            is_asked = 1;
            visitor_command(v, s->command);
        }
        if ((v->seen & 1u << SW_EVENT_AWAITING_DATA) && sent <= s->upload &&
            !(sw_session_wants(&v->session) & SW_WANT_WRITE) && v->error == 0) {
            size_t len = sent < s->upload ? sizeof(piece) : 0;

            sw_session_send(&v->session, SW_BAND_BLOB_DATA, piece, len, &taken);
            sent += len > 0 ? len : 1;
        }
    }
    visitor_go(v);
    serving_until_empty();
    visitor_forget(v);
}

static void store_old(void)
{
    static const char *const add_old[] = { "addimg", "old", NULL };
    const scene s = { add_old, 60000 };

    visit(&s);
    ck_assert_uint_eq(serving.database_events, 1);
}

/* Whoever comes next is served as ever, and no byte of what uploads and downloads may have is taken. */
static void expect_sound(void)
{
    visitor *v = visitor_come("alice", "alice");

    ck_assert_int_eq(visitor_run(v, version), 0);
    visitor_go(v);
    serving_until_empty();
    visitor_forget(v);
    ck_assert_uint_eq(serving.memory.used, 0);
    ck_assert_uint_eq(serving.active, 0);
    ck_assert_uint_eq(serving.admission.strangers, 0);
    ck_assert_uint_eq(serving.admission.members, 0);
}

START_TEST(each_allocation_fails_in_turn)
{
    const scene *s = &scenes[_i];
    long at = 0;

    serving_start(NULL);
    store_old();
    do {
        has_failed = 0;
        countdown = at;
        visit(s);
        countdown = LEFT_ALONE;
        if (has_failed)
            expect_sound();
        at++;
    } while (has_failed);
    ck_assert_int_gt(at, 3);
}
END_TEST

static Suite *memory_suite(void)
{
    Suite *suite = suite_create("no memory");
    TCase *tcase = suite_case(suite, "no memory");

    tcase_add_unchecked_fixture(tcase, make_user_keys, NULL);
    tcase_add_checked_fixture(tcase, serving_enter, serving_leave);
    tcase_add_loop_test(tcase, each_allocation_fails_in_turn, 0, COUNT(scenes));
    return suite;
}

int main(void)
{
    int failed;

    if (scratch_open() < 0)
        return EXIT_FAILURE;
    failed = run_suite(memory_suite());
    scratch_close();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
