/* SPDX-License-Identifier: ISC */
/* Key logs: what is used of a file, and what is said of the rest. */
#include "watch/keylog.h"
#include "keylog_writer.h"
#include "suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define R1 "000102030405060708090a0b0c0d0e0f10111213"
#define R2 "000102030405060708090A0B0C0D0E0F101112131415161718191a1b1c1d1e1f"
#define A "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
#define B "c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
#define E "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
#define LABEL "SIDEWIRE_SESSION_KEYS "
#define GOOD LABEL R1 " " A " " B

static char path[] = "/tmp/sidewire-keylog-XXXXXX";

static void setup(void)
{
    int fd;

    strcpy(path + sizeof(path) - sizeof("XXXXXX"), "XXXXXX");
    fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
}

static void teardown(void)
{
    unlink(path);
}

static void write_file(const char *mode, const void *data, size_t len)
{
    FILE *file = fopen(path, mode);

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

/* What is said on standard error meanwhile. */
static FILE *caught;
static int real_stderr;

static void catch_messages(void)
{
    caught = tmpfile();
    ck_assert_ptr_nonnull(caught);
    fflush(stderr);
    real_stderr = dup(STDERR_FILENO);
    dup2(fileno(caught), STDERR_FILENO);
}

static size_t messages(char *out, size_t size)
{
    size_t len;

    fflush(stderr);
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    rewind(caught);
    len = fread(out, 1, size - 1, caught);
    out[len] = '\0';
    fclose(caught);
    return len;
}

/* Counts up from `first`: as the texts above do. */
static void check_counting(const uint8_t *data, size_t len, uint8_t first)
{
    for (size_t i = 0; i < len; i++)
        ck_assert_uint_eq(data[i], first + i);
}

static int finds(keylog_reader *log, size_t response_size)
{
    uint8_t response[SW_SHA256_SIZE];
    sw_secrets keys;

    for (size_t i = 0; i < sizeof(response); i++)
        response[i] = (uint8_t)i;
    if (!keylog_find(log, response, response_size, &keys))
        return 0;
    check_counting(keys.client_key, sizeof(keys.client_key), 0xa0);
    check_counting(keys.server_key, sizeof(keys.server_key), 0xc0);
    return 1;
}

static const struct {
    const char *text;
    int found;        /* R1 */
    unsigned damaged; /* line that is reported; 0: none */
} files[] = {
    { "", 0, 0 },
    { GOOD "\n", 1, 0 },
    { GOOD, 1, 0 },
    { GOOD "\r\n", 1, 0 },
    { GOOD " \t \n", 1, 0 },
    { LABEL "  " R1 "\t" A "  " B "\n", 1, 0 },
    { "# a comment\n\n   \nCLIENT_RANDOM 00 11\n" GOOD "\n", 1, 0 },
    { "#" GOOD "\n", 0, 0 },
    { " " GOOD "\n", 0, 0 },
    { "SIDEWIRE_SESSION_KEYS_2 " R1 " " A " " B "\n", 0, 0 },
    { "SIDEWIRE_SESSION_KEYS\n", 0, 1 },
    { LABEL R1 " " A GOOD "\n", 1, 1 },
    { "SIDEWIRE_SESSION_KEYS" GOOD "\n", 1, 1 },
    { GOOD GOOD "\n", 1, 1 },
    { GOOD LABEL R2 "\n", 0, 1 },
    { GOOD "\n" GOOD "\n", 1, 0 },
    { LABEL R2 " " A " " B "\n", 0, 0 },
    { "\n" LABEL "\n" GOOD "\n", 1, 2 },
    { LABEL R1 " " A "\n" GOOD "\n", 1, 1 },
    { LABEL R1 "00 " A " " B "\n", 0, 1 },
    { LABEL R1 "0 " A " " B "\n", 0, 1 },
    { LABEL R1 " " A "00 " B "\n", 0, 1 },
    { LABEL R1 " " A " " B "0\n", 0, 1 },
    { LABEL R1 " " A " " B "00\n", 0, 1 },
    { LABEL R1 " " A " " B " more\n", 0, 1 },
    { LABEL R1 A B "\n", 0, 1 },
    { LABEL R1 " " A " "
               "g0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
               "\n",
      0, 1 },
    { GOOD "\n\n\n" LABEL R1 " " A, 1, 4 },
};

START_TEST(lines)
{
    char why[128], said[1024], expected[256] = "";
    keylog_reader *log = keylog_new(path);

    write_file("w", files[_i].text, strlen(files[_i].text));
    catch_messages();
    ck_assert_int_eq(keylog_read(log, why, sizeof(why)), 0);
    ck_assert_int_eq(finds(log, 20), files[_i].found);
    ck_assert_int_eq(finds(log, 21), 0);
    messages(said, sizeof(said));
    if (files[_i].damaged > 0)
        snprintf(expected, sizeof(expected), "sidewire: %s: line %u is damaged\n", path, files[_i].damaged);
    ck_assert_str_eq(said, expected);
    ck_assert_str_eq(keylog_name(log), path);
    keylog_close(log);
}
END_TEST

START_TEST(long_response)
{
    static const char text[] = LABEL R2 " " A " " B "\n";
    keylog_reader *log = keylog_new(path);

    write_file("w", text, strlen(text));
    ck_assert_int_eq(finds(log, 32), 1); /* without being told to read first */
    ck_assert_int_eq(finds(log, 20), 0);
    keylog_close(log);
}
END_TEST

/* Lines as long as they like, with any bytes in them. */
START_TEST(long_lines)
{
    enum { LONG = 100000 };
    char *text = malloc(LONG);
    keylog_reader *log = keylog_new(path);
    char why[128];

    memset(text, '\0', LONG);
    write_file("w", text, LONG);
    write_file("a", "\n", 1);
    memset(text, 'x', LONG);
    write_file("a", text, LONG);
    write_file("a", "\n" GOOD "\n", sizeof("\n" GOOD "\n") - 1);
    write_file("a", text, LONG);
    ck_assert_int_eq(keylog_read(log, why, sizeof(why)), 0);
    ck_assert_int_eq(finds(log, 20), 1);
    keylog_close(log);
    free(text);
}
END_TEST

START_TEST(growing)
{
    keylog_reader *log = keylog_new(path);
    char why[128], said[1024];
    size_t half = sizeof(GOOD) / 2;

    unlink(path);
    ck_assert_int_eq(keylog_read(log, why, sizeof(why)), -1);
    ck_assert_str_eq(why, "No such file or directory");
    ck_assert_int_eq(finds(log, 20), 0);
    catch_messages();
    write_file("w", "# made later\n" GOOD, sizeof("# made later\n") - 1 + half);
    ck_assert_int_eq(finds(log, 20), 0);
    ck_assert_int_eq(finds(log, 20), 0);
    write_file("a", &(GOOD "\n")[half], sizeof(GOOD) - half);
    ck_assert_int_eq(finds(log, 20), 1);
    messages(said, sizeof(said));
    ck_assert_ptr_nonnull(strstr(said, ": line 2 is damaged")); /* once, when it was not whole */
    ck_assert_ptr_null(strstr(strstr(said, "line 2") + 1, "line 2"));
    keylog_close(log);
}
END_TEST

START_TEST(folder)
{
    keylog_reader *log = keylog_new("/tmp");
    char why[128];

    ck_assert_int_eq(keylog_read(log, why, sizeof(why)), -1);
    ck_assert_str_eq(why, "Is a directory");
    ck_assert_int_eq(finds(log, 20), 0);
    keylog_close(log);
}
END_TEST

/* What is no file is read to its end, once: there is nothing more behind that. */
START_TEST(piped)
{
    char name[64], why[128], said[1024];
    keylog_reader *log;
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    snprintf(name, sizeof(name), "/dev/fd/%d", ends[0]);
    log = keylog_new(name);
    ck_assert_int_eq(write(ends[1], GOOD "\n", sizeof(GOOD)), sizeof(GOOD));
    close(ends[1]);
    catch_messages();
    ck_assert_int_eq(keylog_read(log, why, sizeof(why)), 0);
    close(ends[0]); /* there is nothing of this name any more */
    ck_assert_int_eq(keylog_read(log, why, sizeof(why)), 0);
    ck_assert_int_eq(finds(log, 20), 1);
    ck_assert_int_eq(finds(log, 21), 0);
    ck_assert_int_eq(keylog_grew(log), 1);
    ck_assert_int_eq(keylog_grew(log), 0);
    messages(said, sizeof(said));
    ck_assert_str_eq(said, "");
    keylog_close(log);
}
END_TEST

/* Which secrets of a capture are lines of ours. */
START_TEST(known_secrets)
{
    enum { TLS = 0x544c534b, ZIGBEE = 0x5a4e574b };
    static const char tls[] = "CLIENT_RANDOM 00 11\n", both[] = "CLIENT_RANDOM 00 11\n" GOOD "\n";

    ck_assert_int_eq(keylog_knows_secrets(KEYLOG_SECRETS_TYPE, "", 0), 1);
    ck_assert_int_eq(keylog_knows_secrets(KEYLOG_SECRETS_TYPE, tls, sizeof(tls) - 1), 1);
    ck_assert_int_eq(keylog_knows_secrets(TLS, tls, sizeof(tls) - 1), 0);
    ck_assert_int_eq(keylog_knows_secrets(TLS, both, sizeof(both) - 1), 1);
    ck_assert_int_eq(keylog_knows_secrets(ZIGBEE, both, sizeof(both) - 1), 0);
}
END_TEST

START_TEST(paths_of)
{
    keylog_reader *log = keylog_new("first");

    keylog_add(log, "second");
    keylog_add(log, "third");
    ck_assert_str_eq(keylog_path(log, 0), "first");
    ck_assert_str_eq(keylog_path(log, 1), "second");
    ck_assert_str_eq(keylog_path(log, 2), "third");
    ck_assert_ptr_null(keylog_path(log, 3));
    ck_assert_ptr_null(keylog_path(log, 30));
    keylog_close(log);
}
END_TEST

/* The latest of two lines for one session counts. */
START_TEST(twice)
{
    static const char text[] = LABEL R1 " " B " " A "\n" GOOD "\n";
    keylog_reader *log = keylog_new(path);

    write_file("w", text, strlen(text));
    ck_assert_int_eq(finds(log, 20), 1);
    keylog_close(log);
}
END_TEST

/* As many as there is memory for. */
START_TEST(many)
{
    enum { SESSIONS = 150000 };
    FILE *file = fopen(path, "w");
    keylog_reader *log = keylog_new(path);
    sw_secrets keys;

    for (unsigned i = 0; i < SESSIONS; i++)
        fprintf(file, LABEL "%08x%032x %064x " B "\n", i * 2654435761u, i, i);
    fclose(file);
    for (uint32_t i = 0; i < SESSIONS + 10; i++) {
        uint32_t first = i * 2654435761u;
        uint8_t response[20] = { (uint8_t)(first >> 24), (uint8_t)(first >> 16), (uint8_t)(first >> 8),
                                 (uint8_t)first };

        for (int k = 0; k < 4; k++)
            response[16 + k] = (uint8_t)(i >> (24 - 8 * k));
        if (keylog_find(log, response, sizeof(response), &keys) != (i < SESSIONS) ||
            (i < SESSIONS && keys.client_key[31] != (i & 255)))
            ck_abort_msg("session %u", i);
    }
    keylog_close(log);
}
END_TEST

/* Several files: the line that was read last wins, and its file is named. */
START_TEST(several)
{
    static const char other[] = "SIDEWIRE_SESSION_KEYS " R1 " " B " " A "\n";
    keylog_reader *log = keylog_new(path);
    uint8_t response[20];
    char second[sizeof(path) + 16], why[128];
    sw_secrets keys;
    FILE *file;

    for (size_t i = 0; i < sizeof(response); i++)
        response[i] = (uint8_t)i;
    snprintf(second, sizeof(second), "%s-second", path);
    keylog_add(log, second);
    write_file("w", GOOD "\n", sizeof(GOOD));
    ck_assert_int_eq(keylog_read(log, why, sizeof(why)), -1);
    ck_assert_ptr_nonnull(strstr(why, "-second: No such file"));
    ck_assert_int_eq(finds(log, 20), 1);
    ck_assert_str_eq(keylog_found_in(log), path);
    file = fopen(second, "w");
    ck_assert_ptr_nonnull(file);
    fputs(other, file);
    fclose(file);
    ck_assert_int_eq(keylog_grew(log), 1);
    ck_assert_int_eq(keylog_find(log, response, sizeof(response), &keys), 1);
    check_counting(keys.client_key, sizeof(keys.client_key), 0xc0);
    ck_assert_str_eq(keylog_found_in(log), second);
    keylog_close(log);
    unlink(second);
}
END_TEST

/* Sealed sessions have lines of their own kind, several of which may have one name: the newest is the first. */
START_TEST(sealed)
{
    /* clang-format off */
    static const char text[] = "SEALED " E " " A " " B "\n" "SEALED " E " " B " " A "\n" "SEALED " E " " A " " B "\n"
                               "SEALED " E " " A " SEALED " E " " A " " A "\n" GOOD "\n" "SEALEDX " E " " A " " B "\n"
                               "SEALED " E " " A "\n" "SEALED " E " " A " " B "00\n" "SEALED " R1 " " A " " B "\n";
    /* clang-format on */
    keylog_reader *log = keylog_new(path);
    char why[128], said[1024], expected[512];
    uint8_t ephemeral[SW_X25519_SIZE];
    sw_secrets keys;

    for (size_t i = 0; i < sizeof(ephemeral); i++)
        ephemeral[i] = (uint8_t)(0xe0 + i);
    write_file("w", text, strlen(text));
    catch_messages();
    ck_assert_int_eq(keylog_read(log, why, sizeof(why)), 0);
    messages(said, sizeof(said));
    snprintf(expected, sizeof(expected),
             "sidewire: %s: line 4 is damaged\nsidewire: %s: line 7 is damaged\n"
             "sidewire: %s: line 8 is damaged\nsidewire: %s: line 9 is damaged\n",
             path, path, path, path);
    ck_assert_str_eq(said, expected);
    ck_assert_int_eq(finds(log, 20), 1);
    for (unsigned turn = 0; turn < 3; turn++) {
        static const uint8_t first[3][2] = { { 0xa0, 0xa0 }, { 0xc0, 0xa0 }, { 0xa0, 0xc0 } };

        ck_assert_int_eq(keylog_find_sealed(log, ephemeral, turn, &keys), 1);
        check_counting(keys.client_key, sizeof(keys.client_key), first[turn][0]);
        check_counting(keys.server_key, sizeof(keys.server_key), first[turn][1]);
    }
    ck_assert_int_eq(keylog_find_sealed(log, ephemeral, 3, &keys), 0);
    ephemeral[31] ^= 1;
    ck_assert_int_eq(keylog_find_sealed(log, ephemeral, 0, &keys), 0);
    keylog_close(log);
}
END_TEST

/* However many lines claim one session, few are kept of them, the newest among these. */
START_TEST(sealed_many)
{
    keylog_reader *log = keylog_new(path);
    uint8_t ephemeral[SW_X25519_SIZE] = { 0 };
    sw_secrets keys;
    unsigned found = 0, newest = 0;
    char line[256];

    for (unsigned i = 0; i < 1000; i++) {
        snprintf(line, sizeof(line), "SEALED %064x %064x %064x\n", 0, i, i);
        keylog_use(log, line, strlen(line));
    }
    while (keylog_find_sealed(log, ephemeral, found, &keys)) {
        newest |= keys.client_key[30] == 999 >> 8 && keys.client_key[31] == (999 & 0xff);
        found++;
    }
    ck_assert_uint_eq(found, 16);
    ck_assert_uint_eq(newest, 1);
    keylog_close(log);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump keylog");
    TCase *tcase = suite_case(suite, "keylog");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, lines, 0, COUNT(files));
    tcase_add_test(tcase, long_response);
    tcase_add_test(tcase, long_lines);
    tcase_add_test(tcase, growing);
    tcase_add_test(tcase, folder);
    tcase_add_test(tcase, piped);
    tcase_add_test(tcase, known_secrets);
    tcase_add_test(tcase, paths_of);
    tcase_add_test(tcase, twice);
    tcase_add_test(tcase, many);
    tcase_add_test(tcase, several);
    tcase_add_test(tcase, sealed);
    tcase_add_test(tcase, sealed_many);
    return run_suite(suite);
}
