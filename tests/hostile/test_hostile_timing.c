/* SPDX-License-Identifier: ISC */
/* Are unknown users told from known ones? By the time of a challenge: the area under the ROC curve (AUC) of
 * whoever guesses by it, where 0.5 is no better than a coin. By its size. And by its values: they are below
 * a modulus, which has to stay the same for a name. */
#include "hostile.h"
#include "scratch.h"
#include "suite.h"

#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    NAMES_MAX = 2000,
    BLOCK_MAX = 1024,
    BLOCKS = 40 /* of one name: their largest is near its modulus */
};

/* ---- servers, of either kind ---- */

typedef struct target {
    server server; /* process NULL: one for each connection, by --inetd */
    pid_t child;
} target;

static int connect_to(target *t)
{
    int ends[2];

    if (t->server.process != NULL)
        return dial(t->server.port);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    t->child = fork();
    if (t->child == 0) {
        dup2(ends[1], STDIN_FILENO);
        dup2(ends[1], STDOUT_FILENO);
        execl(tool_path(TOOL_SERVER), "sidewire-server", "--inetd", "-u", "users", "--log-level", "crit",
              (char *)NULL);
        _exit(127);
    }
    ck_assert(t->child > 0);
    close(ends[1]);
    return ends[0];
}

static void disconnect(target *t, int fd)
{
    close(fd);
    if (t->server.process == NULL)
        ck_assert_int_eq(waitpid(t->child, NULL, 0), t->child);
}

/* Reads the two lines of a greeting. */
static void take_greeting(int fd)
{
    char byte;

    for (int lines = 0; lines < 2; lines += byte == '\n')
        receive_exactly(fd, &byte, 1);
}

/* Asks for a challenge: its bytes, how many they are, and in *ms how long that took. */
static size_t ask(target *t, const char *name, uint8_t block[BLOCK_MAX], double *ms)
{
    const char *request = scratch_format("auth rsa %s sideband,aes_ctr128,sha256\n", name);
    uint8_t header[SW_HEADER_SIZE];
    int fd = connect_to(t);
    double start;
    size_t len;

    take_greeting(fd);
    start = hostile_ms();
    send_text(fd, request);
    receive_exactly(fd, header, sizeof(header));
    *ms = hostile_ms() - start;
    ck_assert_uint_eq(header[4], SW_BAND_CHALLENGE);
    len = header[0] | (size_t)header[1] << 8;
    ck_assert_uint_le(len, BLOCK_MAX);
    receive_exactly(fd, block, len);
    disconnect(t, fd);
    return len;
}

/* ---- users ---- */

static const char *known_name(int i)
{
    return scratch_format("user%04dk", i);
}

static const char *unknown_name(int i)
{
    return scratch_format("user%04du", i);
}

/* Half of them have a larger key. */
static void write_users(int count)
{
    size_t cap = (size_t)count * 64 + 1;
    char *list = scratch_allocate(cap);
    size_t len = 0;

    if (access("keys/large.pub", F_OK) != 0) {
        command_line line = { { NULL }, 0 };
        command_add_words(&line, "ssh-keygen -q -t rsa -b 3072 -N '' -C '' -f keys/large");
        process_expect(process_start(&line, NULL), "ssh-keygen", 0, NULL, NULL);
    }
    for (int i = 0; i < count; i++)
        len += (size_t)snprintf(list + len, cap - len, "user %s keys/%s.pub VSS_READ\n", known_name(i),
                                i % 2 == 0 ? "alice" : "large");
    scratch_write_text("users", list);
}

static target start(int is_inetd)
{
    target t = { { NULL, NULL, NULL }, 0 };

    if (!is_inetd)
        t.server = server_start_local("--max-per-source 0 --log-level crit");
    return t;
}

static void stop(const target *t)
{
    if (t->server.process != NULL)
        hostile_stop(&t->server);
}

/* ---- time ---- */

typedef struct observation {
    double value;
    int is_known;
} observation;

static int compare(const void *a, const void *b)
{
    const observation *x = a, *y = b;

    return (x->value > y->value) - (x->value < y->value);
}

/* How often a known one has a greater value than an unknown one, or the other way round. */
static double area(observation *all, int count)
{
    double wins = 0, known = 0;

    qsort(all, (size_t)count, sizeof(*all), compare);
    for (int i = 0; i < count; i++) {
        if (all[i].is_known)
            known++;
        else
            wins += known;
    }
    wins /= known * (count - known);
    return wins > 0.5 ? wins : 1 - wins;
}

/* What chance alone makes of it, four times its standard deviation. */
static double noise(int names)
{
    return 4 * sqrt((2.0 * names + 1) / (12.0 * names * names));
}

/* The least of some tries, which other work of the machine does not make less. */
static double least_time(target *t, const char *name, int tries)
{
    uint8_t block[BLOCK_MAX];
    double least = 0;

    for (int i = 0; i < tries; i++) {
        double ms;
        ask(t, name, block, &ms);
        if (i == 0 || ms < least)
            least = ms;
    }
    return least;
}

static const struct {
    int is_inetd;
    int names, tries; /* short form */
    int names_long, tries_long;
} forms[] = {
    { 0, 1200, 2, NAMES_MAX, 15 },
    { 1, 60, 1, NAMES_MAX, 3 },
};

/* The promise of 0.55 is tested where names are so many that chance is well below it; where they are fewer, the
 * limit is what chance allows. */
START_TEST(time_of_challenges)
{
    static observation all[2 * NAMES_MAX];
    int names = hostile_is_long() ? forms[_i].names_long : forms[_i].names;
    int tries = hostile_is_long() ? forms[_i].tries_long : forms[_i].tries;
    double limit = 0.5 + (noise(names) > 0.05 ? noise(names) : 0.05);
    target t;
    double auc;

    write_users(names);
    t = start(forms[_i].is_inetd);
    for (int i = 0; i < names; i++) { /* in turn, and each first as often as the other */
        for (int k = 0; k < 2; k++) {
            int is_known = (i / 2 + k) % 2;
            const char *name = is_known ? known_name(i) : unknown_name(i);
            all[2 * i + k] = (observation){ least_time(&t, name, tries), is_known };
        }
    }
    auc = area(all, 2 * names);
    hostile_figure(
        "time of a challenge, known and unknown users%s, %d names of each, least of %d: AUC %.3f, "
        "allowed %.3f",
        forms[_i].is_inetd ? " (--inetd)" : "", names, tries, auc, limit);
    ck_assert(auc <= limit);
    stop(&t);
}
END_TEST

/* The measure itself: it is 1 if times are apart, and 0.5 if they are alike. */
START_TEST(measure)
{
    observation apart[] = { { 1, 0 }, { 4, 1 }, { 2, 0 }, { 3, 1 } };
    observation alike[] = { { 1, 0 }, { 2, 1 }, { 3, 1 }, { 4, 0 } };

    ck_assert(area(apart, 4) > 0.999);
    ck_assert(area(alike, 4) < 0.501);
}
END_TEST

/* ---- size ---- */

/* Unknown names seem to have the sizes that users have, as often. */
START_TEST(size_of_challenges)
{
    enum { NAMES = 200 };
    uint8_t block[BLOCK_MAX];
    int large[2] = { 0, 0 };
    target t;
    double ms;

    write_users(NAMES);
    t = start(0);
    for (int i = 0; i < NAMES; i++)
        for (int is_known = 0; is_known < 2; is_known++)
            large[is_known] += ask(&t, is_known ? known_name(i) : unknown_name(i), block, &ms) > 300;
    ck_assert_int_eq(large[1], NAMES / 2);
    ck_assert_int_gt(large[0], NAMES / 2 - 40); /* more than five standard deviations */
    ck_assert_int_lt(large[0], NAMES / 2 + 40);
    stop(&t);
}
END_TEST

/* ---- value ---- */

/* The largest of some challenges' first digits: of 1, which is the least power of two above the modulus. */
static double largest(target *t, const char *name)
{
    double found = 0;

    for (int i = 0; i < BLOCKS; i++) {
        uint8_t block[BLOCK_MAX];
        double ms, value;

        ask(t, name, block, &ms);
        value = (block[0] * 256 + block[1]) / 65536.0;
        found = value > found ? value : found;
    }
    return found;
}

/* The unknown name with the least modulus of some. */
static const char *least_unknown(target *t, double *value)
{
    const char *found = NULL;

    *value = 2;
    for (int i = 0; i < 12; i++) {
        double now = largest(t, unknown_name(i));
        if (now < *value) {
            *value = now;
            found = unknown_name(i);
        }
    }
    return found;
}

/* A decoy is the same after a restart and for --inetd: challenges are never above what they were below. With
 * a new one for each connection, one of 40 would be, but for one time in a thousand. */
START_TEST(decoys_stay)
{
    target t, inetd = start(1);
    const char *name;
    double value;

    t = start(0);
    name = least_unknown(&t, &value);
    stop(&t);
    ck_assert(value < 0.85);
    ck_assert_int_eq(access("users.secret", R_OK), 0);
    t = start(0);
    ck_assert(largest(&t, name) < value + 0.08);
    stop(&t);
    ck_assert(largest(&inetd, name) < value + 0.08);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hostile timing");

    tcase_add_test(e2e_case(suite, "measure"), measure);
    tcase_add_loop_test(e2e_case(suite, "time"), time_of_challenges, 0, COUNT(forms));
    tcase_add_test(e2e_case(suite, "size"), size_of_challenges);
    tcase_add_test(e2e_case(suite, "value"), decoys_stay);
    return e2e_main(suite);
}
