/* SPDX-License-Identifier: ISC */
/* Slices lent for standard output: all of them come out, in order, and at the latest when flushed. */
#include "output.h"
#include "suite.h"

#include <sidewire/packet.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIPE_ROOM = 4096, TEXT_MAX = 1 << 20 };

static output out;
static int reader;    /* what standard output and standard error go to */
static uint8_t *seen; /* by it */
static size_t seen_len;

static void setup(void)
{
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_ge(dup2(ends[1], STDOUT_FILENO), 0);
    ck_assert_int_ge(dup2(ends[1], STDERR_FILENO), 0);
    close(ends[1]);
    reader = ends[0];
    seen = malloc(TEXT_MAX);
    ck_assert_ptr_nonnull(seen);
    memset(&out, 0x55, sizeof(out));
    output_init(&out, 0);
}

static void teardown(void)
{
    free(seen);
}

/* What can be read without waiting. */
static void read_there(void)
{
    ssize_t n;

    fcntl(reader, F_SETFL, O_NONBLOCK);
    while ((n = read(reader, seen + seen_len, TEXT_MAX - seen_len)) > 0)
        seen_len += (size_t)n;
    fcntl(reader, F_SETFL, 0);
}

static void expect(const char *text)
{
    read_there();
    ck_assert_uint_eq(seen_len, strlen(text));
    ck_assert_mem_eq(seen, text, seen_len);
}

START_TEST(waits_for_flush)
{
    char one[] = "one ", two[] = "two ", three[] = "three\n";

    ck_assert_int_eq(output_lend(&out, SW_BAND_OUTPUT, one, 4), 0);
    ck_assert_int_eq(output_lend(&out, SW_BAND_OUTPUT, two, 0), 0);
    ck_assert_int_eq(output_lend(&out, SW_BAND_OUTPUT, two, 4), 0);
    ck_assert_int_eq(output_lend(&out, SW_BAND_OUTPUT, three, 6), 0);
    expect("");
    ck_assert_int_eq(output_flush(&out), 0);
    expect("one two three\n");
    ck_assert_int_eq(output_flush(&out), 0);
    expect("one two three\n");
}
END_TEST

/* A log message stands where it came. */
START_TEST(order_of_bands)
{
    char before[] = "before\n", log[] = "careful\n", behind[] = "behind\n";

    ck_assert_int_eq(output_lend(&out, SW_BAND_OUTPUT, before, 7), 0);
    ck_assert_int_eq(output_lend(&out, SW_BAND_WARNING_LOG, log, 8), 0);
    ck_assert_int_eq(output_lend(&out, SW_BAND_OUTPUT, behind, 7), 0);
    ck_assert_int_eq(output_flush(&out), 0);
    expect("before\nremote: careful\nbehind\n");
}
END_TEST

/* More slices than one call takes, of growing sizes. */
START_TEST(many_slices)
{
    enum { SLICES = 3 * OUTPUT_SLICES + 5 };
    uint8_t *data = malloc(SLICES);

    for (size_t i = 0; i < SLICES; i++)
        data[i] = (uint8_t)(i * 7 + i / 256);
    for (size_t i = 0; i < SLICES; i++)
        ck_assert_int_eq(output_lend(&out, SW_BAND_OUTPUT, data + i, 1), 0);
    read_there();
    ck_assert_uint_eq(seen_len, 3 * OUTPUT_SLICES);
    ck_assert_int_eq(output_flush(&out), 0);
    read_there();
    ck_assert_uint_eq(seen_len, SLICES);
    ck_assert_mem_eq(seen, data, SLICES);
    free(data);
}
END_TEST

/* The child writes more than the pipe has room for, through a descriptor that does not block. */
START_TEST(partial_writes)
{
    enum { SLICES = 100, SLICE = 3001 };
    uint8_t *data = malloc(SLICES * SLICE);
    ssize_t n;
    int status;
    pid_t child;

    for (size_t i = 0; i < SLICES * SLICE; i++)
        data[i] = (uint8_t)(i * 11 + i / 256);
    fcntl(STDOUT_FILENO, F_SETPIPE_SZ, PIPE_ROOM);
    fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        int result = 0;
        for (size_t i = 0; result == 0 && i < SLICES; i++)
            result = output_lend(&out, SW_BAND_OUTPUT, data + i * SLICE, SLICE);
        _exit(result == 0 && output_flush(&out) == 0 && output_end(&out, 0) == 0 ? 0 : 1);
    }
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
    while ((n = read(reader, seen + seen_len, 1000 + seen_len % 777)) > 0)
        seen_len += (size_t)n;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ck_assert_uint_eq(seen_len, SLICES * SLICE);
    ck_assert_mem_eq(seen, data, seen_len);
    free(data);
}
END_TEST

/* Nobody reads: an error, once. */
START_TEST(nobody_reads)
{
    char text[] = "text";

    close(reader);
    signal(SIGPIPE, SIG_IGN);
    ck_assert_int_eq(output_lend(&out, SW_BAND_OUTPUT, text, 4), 0);
    ck_assert_int_eq(output_flush(&out), -1);
    ck_assert_int_eq(output_flush(&out), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("output");
    TCase *tcase = suite_case(suite, "lent slices");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, waits_for_flush);
    tcase_add_test(tcase, order_of_bands);
    tcase_add_test(tcase, many_slices);
    tcase_add_test(tcase, partial_writes);
    tcase_add_test(tcase, nobody_reads);
    return run_suite_apart(suite);
}
