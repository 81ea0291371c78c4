/* SPDX-License-Identifier: ISC */
/* What of secrets is in the memory of the programs when they need them no more: looked for in all that they may
 * write to, as a core image would have it. */
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <sidewire/backends.h>
#include <sidewire/keys.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SAMPLE = 16, MAPPING_MAX = 64 << 20 };

/* ---- memory ---- */

/* How often the bytes are in a part of it. */
static size_t count(const uint8_t *part, size_t len, const void *bytes, size_t size)
{
    size_t found = 0;

    for (const uint8_t *at = part; (at = memmem(at, len - (size_t)(at - part), bytes, size)) != NULL; at++)
        found++;
    return found;
}

static size_t find_in(const process *p, const void *bytes, size_t size)
{
    int fd = open(scratch_format("/proc/%d/mem", (int)process_id(p)), O_RDONLY | O_CLOEXEC);
    FILE *maps = fopen(scratch_format("/proc/%d/maps", (int)process_id(p)), "re");
    size_t found = 0, read = 0;
    char line[4096];

    ck_assert_int_ge(fd, 0);
    ck_assert_ptr_nonnull(maps);
    while (fgets(line, sizeof(line), maps) != NULL) {
        unsigned long from, to;
        char access[5];
        uint8_t *part;
        ssize_t n;
        if (sscanf(line, "%lx-%lx %4s", &from, &to, access) != 3 || strncmp(access, "rw", 2) != 0)
            continue;
        ck_assert_uint_le(to - from, MAPPING_MAX);
        part = malloc(to - from);
        n = pread(fd, part, to - from, (off_t)from);
        if (n > 0) {
            read += (size_t)n;
            found += count(part, (size_t)n, bytes, size);
        }
        free(part);
    }
    fclose(maps);
    close(fd);
    ck_assert_uint_gt(read, 65536);
    return found;
}

static void check_absent(const char *what, const process *p, const void *secret, size_t size)
{
    for (size_t i = 0; i + SAMPLE <= size; i += SAMPLE) {
        size_t found = find_in(p, (const uint8_t *)secret + i, SAMPLE);
        if (found > 0)
            ck_abort_msg("%s: bytes %zu and on are in memory, %zu times", what, i, found);
    }
}

/* Of a number, as files have it, and as libraries do, the last byte first. */
static void check_number_absent(const char *what, const process *p, const uint8_t *bytes, size_t size)
{
    uint8_t reversed[SAMPLE * 8];

    ck_assert_uint_le(size, sizeof(reversed));
    for (size_t i = 0; i < size; i++)
        reversed[i] = bytes[size - 1 - i];
    check_absent(what, p, bytes, size);
    check_absent(scratch_format("%s, reversed", what), p, reversed, size);
}

/* ---- a user's key ---- */

static const char *const backend_options[] = { "--crypto=mbedtls", "--crypto=openssl", "--crypto=gcrypt" };

static int is_built(const char *option)
{
    return strstr(getenv("SIDEWIRE_BACKENDS"), option + strlen("--crypto=")) != NULL;
}

/* While a command runs, the client is authenticated. The control is its user's name. */
static process *start_command(const server *s, const char *options, const char *user)
{
    process *client =
        client_start(s, scratch_format("-u %s %s --known-servers known --accept-new", user, options), "stat");

    process_await_out(client, "status:");
    ck_assert_uint_gt(find_in(client, user, strlen(user)), 0);
    return client;
}

static void end(process *client, const server *s)
{
    process_signal(client, SIGTERM);
    process_wait(client);
    server_stop(s);
}

static void check_client(const char *options, const char *server_options)
{
    static sw_private_key key;
    server s = server_start_local(server_options);
    size_t len;
    char *text = scratch_read("keys/alice", &len);
    process *client = start_command(&s, options, "alice");

    ck_assert_int_eq(sw_private_key_parse(&key, text, len, NULL), SW_OK);
    check_number_absent("d", client, key.d + 32, 64);
    check_number_absent("p", client, key.p + 32, 32);
    check_number_absent("q", client, key.q + 32, 32);
    check_absent("file", client, text + 400, 128);
    end(client, &s);
    sw_private_key_wipe(&key);
}

/* In a plain session it decrypts, in a sealed one it signs. */
START_TEST(client_forgets_its_key)
{
    if (is_built(backend_options[_i / 2]))
        check_client(backend_options[_i / 2], _i % 2 == 0 ? "" : "--host-key host");
}
END_TEST

static int has_ed25519(const char *option)
{
    sw_crypto *crypto = sw_backend_new(option + strlen("--crypto="));
    int has = crypto->ed25519_sign != NULL;

    sw_backend_free(crypto);
    return has;
}

static void make_ed25519(void)
{
    command_line line = { { NULL }, 0 };

    command_add_words(&line, "ssh-keygen -q -t ed25519 -N '' -C '' -f edda");
    process_expect(process_start(&line, NULL), "ssh-keygen", 0, NULL, NULL);
    scratch_write_text("users", "user edda edda.pub VSS_READ\n");
}

START_TEST(client_forgets_its_ed25519_key)
{
    const char *option = backend_options[_i];
    static sw_private_key key;
    process *client;
    size_t len;
    char *text;
    server s;

    if (!is_built(option) || !has_ed25519(option))
        return;
    make_ed25519();
    s = server_start_local("--host-key host");
    client = start_command(&s, scratch_format("%s -k edda", option), "edda");
    text = scratch_read("edda", &len);
    ck_assert_int_eq(sw_private_key_parse(&key, text, len, NULL), SW_OK);
    check_number_absent("secret", client, key.ed25519.secret, sizeof(key.ed25519.secret));
    end(client, &s);
}
END_TEST

/* ---- keys of sessions ---- */

static uint8_t digit(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* Each key in the lines of a key log. What stands before them is on the wire, too. */
static void check_lines(const process *p, const char *log)
{
    size_t fields = 0;

    for (const char *at = strchr(log, ' '); at != NULL; at = strchr(at + 1, ' ')) {
        size_t size = strspn(at + 1, "0123456789abcdef") / 2;
        uint8_t bytes[32];
        ck_assert_uint_le(size, sizeof(bytes));
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)(digit(at[1 + 2 * i]) << 4 | digit(at[2 + 2 * i]));
        if (fields++ % 3 > 0)
            check_absent("a session's key", p, bytes, size);
    }
    ck_assert_uint_ge(fields, 6);
}

/* The secret half of a sealing server's own key, which it keeps. */
static void check_host_key(const process *p, const char *backend)
{
    sw_crypto *crypto = sw_backend_new(backend + strlen("--crypto="));
    sw_x25519_key key;
    size_t len;
    char *text = scratch_read("host", &len);

    ck_assert_int_eq(sw_server_key_parse(&key, crypto, text, len, NULL), SW_OK);
    ck_assert_uint_gt(find_in(p, key.secret, sizeof(key.secret)), 0);
    sw_backend_free(crypto);
}

/* When they are over. The server's memory is that of a process which goes on. Plain and sealed; the control is the
 * server's own key. */
START_TEST(server_forgets_sessions)
{
    const char *backend = backend_options[_i / 2];
    int is_sealed = _i % 2;
    const char *client = is_sealed ? "--known-servers known --accept-new" : "";
    char *log;
    server s;

    if (!is_built(backend))
        return;
    ck_assert_int_eq(setenv("SIDEWIREKEYLOGFILE", "keylog", 1), 0);
    s = server_start_local(scratch_format("%s %s", backend, is_sealed ? "--host-key host" : ""));
    ck_assert_int_eq(unsetenv("SIDEWIREKEYLOGFILE"), 0);
    client_expect(&s, client, "version", 0, "*", NULL);
    client_expect(&s, client, "si", 0, "*", NULL);
    sleep_ms(200);
    log = scratch_read("keylog", NULL);
    ck_assert_int_eq(strncmp(log, "SEALED ", 7) == 0, is_sealed);
    check_lines(s.process, log);
    if (is_sealed)
        check_host_key(s.process, backend);
    server_stop(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e_memory");
    TCase *tests = e2e_case(suite, "memory");

    tcase_add_loop_test(tests, client_forgets_its_key, 0, 2 * COUNT(backend_options));
    tcase_add_loop_test(tests, client_forgets_its_ed25519_key, 0, COUNT(backend_options));
    tcase_add_loop_test(tests, server_forgets_sessions, 0, 2 * COUNT(backend_options));
    return e2e_main(suite);
}
