/* SPDX-License-Identifier: ISC */
/* Lists of users: which lines count, who is found by which, and how many there may be. */
#include "user_list.h"

#include "key_builder.h"
#include "scratch.h"
#include "suite.h"

#include <sidewire/ssh.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { BITS = 2048, SIZE = BITS / 8 };

static user_list list;
static char why[256];

/* Nothing looks at a key but at its ends. */
static sw_public_key make_key(uint8_t fill)
{
    sw_public_key key = { .type = SW_KEY_RSA, .bits = BITS, .n_size = SIZE };

    memset(key.n, fill | 0x81, SIZE);
    key.n[SIZE / 2] = fill;
    key.e_size = 3;
    memcpy(key.e, (const uint8_t[]){ 1, 0, 1 }, 3);
    return key;
}

static size_t write_blob(const sw_public_key *key, uint8_t out[SW_SSH_KEY_MAX])
{
    size_t len;

    ck_assert_int_eq(sw_ssh_key_write(key, out, SW_SSH_KEY_MAX, &len), SW_OK);
    return len;
}

static void write_key(const char *path, uint8_t fill)
{
    uint8_t bytes[SW_SSH_KEY_MAX];
    sw_public_key key = make_key(fill);
    blob body = { bytes, write_blob(&key, bytes), 0 };
    blob text = base64_encode(&body, 0);

    scratch_write_text(path, scratch_format("ssh-rsa %.*s\n", (int)text.len, (char *)text.data));
    blob_free(&text);
}

static int load(const char *text)
{
    scratch_write_text("users", text);
    ck_assert_int_eq(chmod("users", 0600), 0);
    return user_list_load(&list, "users", why, sizeof(why));
}

static void start(void)
{
    write_key("one", 2);
    write_key("two", 4);
    write_key("three", 8);
}

static void stop(void)
{
    user_list_free(&list);
}

static const user *find(const char *name)
{
    sw_public_key key;

    return user_list_find(&list, name, strlen(name), &key);
}

static const user *find_key(const char *name, uint8_t fill)
{
    uint8_t bytes[SW_SSH_KEY_MAX];
    sw_public_key wanted = make_key(fill), key;

    return user_list_find_key(&list, name, strlen(name), bytes, write_blob(&wanted, bytes), &key);
}

START_TEST(lines_of_a_user)
{
    ck_assert_int_eq(load("user ann one AFS_READ\nuser bob two -\nuser ann three -\nuser ann one AFS_WRITE\n"
                          "user bob two VSS_READ\nuser ann two -\n"),
                     0);
    ck_assert_uint_eq(list.count, 4); /* those that say the same again are passed over */
    ck_assert_ptr_eq(find("ann"), &list.users[0]);
    ck_assert_ptr_eq(find("bob"), &list.users[1]);
    ck_assert_ptr_null(find("an"));
    ck_assert_ptr_null(find("annn"));
    ck_assert_ptr_eq(find_key("ann", 8), &list.users[2]);
    ck_assert_ptr_eq(find_key("ann", 4), &list.users[3]);
    ck_assert_ptr_eq(find_key("ann", 2), &list.users[0]);
    ck_assert_str_eq(find_key("bob", 8)->name, "bob"); /* with another key: any line of his */
    ck_assert_ptr_null(find_key("eve", 2));
}
END_TEST

/* A line that is dropped is nobody's. */
START_TEST(names_behind_a_double)
{
    ck_assert_int_eq(load("user a one -\nuser a one -\nuser b two -\nuser c three -\n"), 0);
    ck_assert_uint_eq(list.count, 3);
    ck_assert_str_eq(find("b")->name, "b");
    ck_assert_str_eq(find("c")->name, "c");
    ck_assert_ptr_eq(find_key("c", 8), &list.users[2]);
}
END_TEST

static int load_many(int count)
{
    size_t cap = (size_t)count * 24 + 1;
    char *text = scratch_allocate(cap);
    size_t len = 0;

    for (int i = 0; i < count; i++)
        len += (size_t)snprintf(text + len, cap - len, "user u%d one -\n", i);
    return load(text);
}

START_TEST(many_users)
{
    ck_assert_int_eq(load_many(20000), 0);
    ck_assert_uint_eq(list.count, 20000);
    ck_assert_ptr_eq(find("u0"), &list.users[0]);
    ck_assert_ptr_eq(find("u19999"), &list.users[19999]);
    ck_assert_ptr_null(find("u20000"));
}
END_TEST

START_TEST(too_many_users)
{
    ck_assert_int_eq(load_many(USERS_MAX + 1), -1);
    ck_assert_str_eq(why, "more than 100000 users");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("user_list");
    TCase *tcase = suite_case(suite, "lists");
    int status;

    tcase_add_checked_fixture(tcase, scratch_enter, scratch_leave);
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_test(tcase, lines_of_a_user);
    tcase_add_test(tcase, names_behind_a_double);
    tcase_add_test(tcase, many_users);
    tcase_add_test(tcase, too_many_users);
    if (scratch_open() < 0)
        return 1;
    status = run_suite(suite);
    scratch_close();
    return status;
}
