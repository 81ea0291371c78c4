/* SPDX-License-Identifier: ISC */
/* What the challenges of unknown names look like: of sizes that users' keys have, as often, and under moduli that stay
 * the same. They are made from a secret in a file. */
#include "challenge.h"
#include "hostile.h"
#include "many_users.h"
#include "scratch.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const user_kind kinds[] = {
    { 2048, 65537, 2, 0 }, { 2048, 3, 1, 0 }, { 3072, 65537, 2, 0 }, { 3072, 17, 1, 0 }
};

/* ---- size ---- */

static size_t size_of(target *t, const char *name)
{
    challenge c;

    challenge_ask(t, name, 0, &c);
    return c.size;
}

/* Unknown names seem to have the sizes that users have, as often. */
START_TEST(sizes)
{
    enum { NAMES = 300 };
    int large[2] = { 0, 0 };
    target t;

    many_users_write(kinds, COUNT(kinds), 0, NAMES);
    t = target_start(0, "");
    for (int i = 0; i < NAMES; i++)
        for (int is_known = 0; is_known < 2; is_known++)
            large[is_known] += size_of(&t, is_known ? known_name(i) : unknown_name(i)) > 300;
    ck_assert_int_eq(large[1], NAMES / 2);
    ck_assert_int_gt(large[0], NAMES / 2 - 44); /* more than five standard deviations */
    ck_assert_int_lt(large[0], NAMES / 2 + 44);
    target_stop(&t);
}
END_TEST

/* The same users in another order: a name keeps the key that it seems to have. */
START_TEST(list_in_another_order)
{
    enum { USERS = 60, NAMES = 40 };
    char *list = scratch_allocate(USERS * 64 + 1);
    size_t before[NAMES];
    target t;

    many_users_write(kinds, COUNT(kinds), 0, USERS);
    t = target_start(0, "");
    for (int i = 0; i < NAMES; i++)
        before[i] = size_of(&t, unknown_name(i));
    target_stop(&t);
    for (int i = USERS; i-- > 0;)
        strcat(list, scratch_format("user %s %s VSS_READ\n", known_name(i), many_users_key(i)));
    scratch_write_text("users", list);
    t = target_start(0, "");
    for (int i = 0; i < NAMES; i++)
        ck_assert_uint_eq(size_of(&t, unknown_name(i)), before[i]);
    target_stop(&t);
}
END_TEST

/* Users with two keys get challenges for the first one: keys that never show are no model for unknown names. */
START_TEST(only_keys_that_show)
{
    enum { USERS = 20, NAMES = 40 };
    char *list = scratch_allocate(USERS * 128 + 1);
    target t;

    many_users_write(kinds + 2, 1, 0, USERS);
    for (int i = 0; i < USERS; i++)
        strcat(list, scratch_format("user %s keys/alice.pub VSS_READ\nuser %s %s VSS_READ\n", known_name(i),
                                    known_name(i), many_users_key(i)));
    scratch_write_text("users", list);
    t = target_start(0, "");
    for (int i = 0; i < NAMES; i++) {
        ck_assert_uint_eq(size_of(&t, known_name(i % USERS)), 256);
        ck_assert_uint_eq(size_of(&t, unknown_name(i)), 256);
    }
    target_stop(&t);
}
END_TEST

/* ---- value ---- */

/* The largest of some challenges' first digits: of 1, which is the least power of two above the modulus. */
static double largest(target *t, const char *name)
{
    enum { BLOCKS = 40 }; /* of one name: their largest is near its modulus */
    double found = 0;

    for (int i = 0; i < BLOCKS; i++) {
        challenge c;
        double value;

        challenge_ask(t, name, 0, &c);
        value = (c.block[0] * 256 + c.block[1]) / 65536.0;
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
    target t, inetd = target_start(1, "");
    const char *name;
    double value;

    t = target_start(0, "");
    name = least_unknown(&t, &value);
    target_stop(&t);
    ck_assert(value < 0.85);
    ck_assert_int_eq(access("users.secret", R_OK), 0);
    t = target_start(0, "");
    ck_assert(largest(&t, name) < value + 0.08);
    target_stop(&t);
    ck_assert(largest(&inetd, name) < value + 0.08);
}
END_TEST

/* ---- the file of the secret ---- */

#define HIDDEN_HOW "; unknown users cannot be hidden without; see --secret-file\n"

/* Runs a command behind a mount of its own, if that is allowed here. */
static process *start_behind(const char *mount, const char *command)
{
    command_line line = { { NULL }, 0 };

    command_add_words(&line, geteuid() == 0 ? "unshare --mount sh -c" : "unshare --map-root-user --mount sh -c");
    command_add(&line, scratch_format("%s && exec %s", mount, command));
    return process_start(&line, NULL);
}

static int can_mount(const char *mount)
{
    return process_wait(start_behind(mount, "true")) == 0;
}

static const char *server_words(const char *secret)
{
    return scratch_format("%s -u users -l 127.0.0.1 -p 0 --secret-file %s", tool_path(TOOL_SERVER), secret);
}

static void expect_refusal(process *p, const char *path, const char *why)
{
    process_expect(p, path, 2, "", scratch_format("*sidewire-server: %s: %s" HIDDEN_HOW, path, why));
}

static const struct unwritable {
    const char *mount, *why;
} unwritable[] = {
    { "mount --bind folder folder && mount -o remount,bind,ro folder", "Read-only file system" },
    { "mount -t tmpfs -o size=4k none folder && "
      "{ dd if=/dev/zero of=folder/full bs=4k count=1 2>/dev/null || true; }",
      "No space left on device" },
    { "mount -t tmpfs -o nr_inodes=1 none folder", "No space left on device" },
};

/* Without the file, and nowhere to make it: the server does not start, and says why. */
START_TEST(no_place_for_the_secret)
{
    const struct unwritable *c = &unwritable[_i];

    ck_assert_int_eq(mkdir("folder", 0700), 0);
    if (can_mount(c->mount))
        expect_refusal(start_behind(c->mount, server_words("folder/x")), "folder/x", c->why);
    expect_refusal(tool_start(TOOL_SERVER, "-u users -l 127.0.0.1 -p 0 --secret-file none/x"), "none/x",
                   "No such file or directory");
    expect_refusal(tool_start(TOOL_SERVER, "-u users -l 127.0.0.1 -p 0 --secret-file /sys/x"), "/sys/x", "*");
    ck_assert_int_ne(access("folder/x", F_OK), 0);
}
END_TEST

/* A file that is there is all that is needed: nothing is written. */
START_TEST(secret_in_a_read_only_folder)
{
    const char *before;
    process *p;
    target t;

    ck_assert_int_eq(mkdir("folder", 0700), 0);
    t = target_start(0, "--secret-file folder/x");
    target_stop(&t);
    before = scratch_read("folder/x", NULL);
    if (can_mount(unwritable[0].mount)) {
        p = start_behind(unwritable[0].mount, server_words("folder/x"));
        process_await_out(p, "listening on 127.0.0.1:");
        process_signal(p, 15);
        process_expect(p, "read-only", 0, NULL, NULL);
    }
    ck_assert_str_eq(scratch_read("folder/x", NULL), before);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hostile decoys");
    TCase *sizes_case = e2e_case(suite, "size");

    tcase_add_test(sizes_case, sizes);
    tcase_add_test(sizes_case, list_in_another_order);
    tcase_add_test(sizes_case, only_keys_that_show);
    tcase_add_test(e2e_case(suite, "value"), decoys_stay);
    tcase_add_loop_test(e2e_case(suite, "no place"), no_place_for_the_secret, 0, COUNT(unwritable));
    tcase_add_test(e2e_case(suite, "read-only folder"), secret_in_a_read_only_folder);
    return e2e_main(suite);
}
