/* SPDX-License-Identifier: ISC */
/* What programs write, at their most talkative: logs, errors, answers, recordings, databases. No part of a key is in
 * any of it, as bytes or as hex. */
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <sidewire/keys.h>

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SAMPLE = 16, SECRETS_MAX = 24 };

#define VARIABLE "SIDEWIREKEYLOGFILE"

/* ---- secrets ---- */

typedef struct secret {
    const char *what;
    uint8_t bytes[64];
    size_t size;
} secret;

static secret secrets[SECRETS_MAX];
static size_t secret_count;

static void add_secret(const char *what, const void *bytes, size_t size)
{
    secret *s = &secrets[secret_count++];

    ck_assert_uint_le(secret_count, SECRETS_MAX);
    ck_assert_uint_le(size, sizeof(s->bytes));
    s->what = what;
    s->size = size;
    memcpy(s->bytes, bytes, size);
}

static void add_private_key(const char *path)
{
    static sw_private_key key;
    size_t len;
    char *text = scratch_read(path, &len);

    ck_assert_int_eq(sw_private_key_parse(&key, text, len, NULL), SW_OK);
    add_secret("d", key.d + 32, 64);
    add_secret("p", key.p + 32, 64);
    add_secret("q", key.q + 32, 64);
    add_secret("text of the key file", text + 400, 64);
    sw_private_key_wipe(&key);
}

static void add_hex(const char *what, const char *hex, size_t len)
{
    uint8_t bytes[64];

    ck_assert_uint_eq(len, 64);
    for (size_t i = 0; i < len / 2; i++) {
        const char digits[3] = { hex[2 * i], hex[2 * i + 1], '\0' };
        bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    add_secret(what, bytes, len / 2);
}

/* A line of it ends with the two keys of a session. */
static void add_key_log(const char *path)
{
    char *line, *rest = scratch_read(path, NULL);

    while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
        char *second = strrchr(line, ' ');
        char *first = second - 65;

        ck_assert_int_eq(*first, ' ');
        add_hex("client's session key", first + 1, 64);
        add_hex("server's session key", second + 1, strlen(second + 1));
    }
}

/* ---- outputs ---- */

/* How often a part of a secret is there. */
static size_t count(const char *output, size_t len, const secret *s)
{
    size_t found = 0;

    for (size_t i = 0; i + SAMPLE <= s->size; i += SAMPLE) {
        char lower[2 * SAMPLE + 1], upper[2 * SAMPLE + 1];

        for (size_t k = 0; k < SAMPLE; k++)
            snprintf(lower + 2 * k, 3, "%02x", s->bytes[i + k]);
        for (size_t k = 0; k < sizeof(lower); k++)
            upper[k] = (char)toupper((unsigned char)lower[k]);
        found += memmem(output, len, s->bytes + i, SAMPLE) != NULL;
        found += memmem(output, len, lower, 2 * SAMPLE) != NULL;
        found += memmem(output, len, upper, 2 * SAMPLE) != NULL;
    }
    return found;
}

static size_t count_in_file(const char *path, const secret *s)
{
    size_t len;
    char *output = scratch_read(path, &len);

    return count(output, len, s);
}

static int is_output(const char *name, const char *key_log)
{
    struct stat status;

    return strcmp(name, key_log) != 0 && strcmp(name, "host") != 0 && strcmp(name, "users.secret") != 0 &&
           stat(name, &status) == 0 && S_ISREG(status.st_mode);
}

/* All files of the test's folder but those that are to have secrets. */
static void check_outputs(const char *key_log, const char *control)
{
    DIR *folder = opendir(".");
    size_t files = 0, controls = 0;
    struct dirent *entry;

    ck_assert_ptr_nonnull(folder);
    while ((entry = readdir(folder)) != NULL) {
        size_t len;
        char *output;
        if (!is_output(entry->d_name, key_log))
            continue;
        output = scratch_read(entry->d_name, &len);
        files++;
        controls += memmem(output, len, control, strlen(control)) != NULL;
        for (size_t i = 0; i < secret_count; i++)
            ck_assert_msg(count(output, len, &secrets[i]) == 0, "%s: %s", entry->d_name, secrets[i].what);
    }
    closedir(folder);
    ck_assert_uint_gt(files, 8);
    ck_assert_uint_gt(controls, 0);
}

/* ---- sessions ---- */

static const struct {
    const char *server, *client; /* options */
} sessions[] = {
    { "", "" },
    { "--host-key host", "--known-servers known --accept-new" },
    { "--allow-rc4", "--features=sideband --allow-rc4" },
    { "--allow-legacy --allow-rc4", "--features= --allow-legacy --allow-rc4" },
};

static void log_keys_to(const char *path)
{
    ck_assert_int_eq(path != NULL ? setenv(VARIABLE, path, 1) : unsetenv(VARIABLE), 0);
}

/* Commands that succeed and fail, users who are let in and who are not. */
static void run_commands(const server *s, const char *options)
{
    client_expect(s, options, "si", 0, NULL, NULL);
    client_expect(s, options, "nosuch", strstr(options, "--features= ") != NULL ? 0 : 1, NULL, NULL);
    client_expect(s, scratch_format("%s -u bob -k keys/alice", options), "si", 3, NULL, NULL);
    client_expect(s, scratch_format("%s -u nobody -k keys/alice", options), "si", 3, NULL, NULL);
    client_expect(s, scratch_format("%s -k users", options), "si", 2, NULL, NULL);
}

/* One side logs keys, which says what to look for; the other one records. */
static void check_sides(int i, int server_logs)
{
    const char *record = "--record recording.pcapng";
    server s;

    secret_count = 0;
    log_keys_to(server_logs ? "keys.log" : NULL);
    s = server_start_local(scratch_format("%s --log-level debug --database images.db %s", sessions[i].server,
                                          server_logs ? "" : record));
    log_keys_to(server_logs ? NULL : "keys.log");
    run_commands(&s, scratch_format("-v %s %s", sessions[i].client, server_logs ? record : ""));
    log_keys_to(NULL);
    server_stop(&s);
    add_private_key("keys/alice");
    add_key_log("keys.log");
    add_secret("secret of decoys", scratch_read("users.secret", NULL), 32);
    ck_assert_uint_gt(count_in_file("keys.log", &secrets[4]), 0);
    check_outputs("keys.log", "alice");
}

START_TEST(server_logs_keys)
{
    check_sides(_i, 1);
}
END_TEST

START_TEST(client_logs_keys)
{
    check_sides(_i, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e secrets");
    TCase *tcase = e2e_case(suite, "outputs");
    int count_of_sessions = sizeof(sessions) / sizeof(sessions[0]);

    tcase_add_loop_test(tcase, server_logs_keys, 0, count_of_sessions);
    tcase_add_loop_test(tcase, client_logs_keys, 0, count_of_sessions);
    return e2e_main(suite);
}
