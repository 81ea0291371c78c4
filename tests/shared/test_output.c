/* Output that waits: it comes in the same order as if it did not, seen from any descriptor. */
#include "output.h"

#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <sidewire/packet.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static char memory[16];

/* Everything goes to one file. */
static void begin(output *out, size_t memory_size)
{
    int fd = open("all", O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
    ck_assert_int_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
    output_init(out, 0);
    if (memory_size > 0)
        output_hold(out, memory, memory_size);
}

static void put(output *out, uint8_t band, const char *text)
{
    ck_assert_int_eq(output_write(out, band, text, strlen(text)), 0);
}

START_TEST(same_order)
{
    output out;

    begin(&out, (size_t)_i);
    put(&out, SW_BAND_OUTPUT, "one\n");
    put(&out, SW_BAND_OUTPUT, "and two");
    put(&out, SW_BAND_INFO_LOG, "first log");
    put(&out, SW_BAND_OUTPUT, ", which is longer than sixteen bytes\n");
    put(&out, SW_BAND_OUTPUT, "");
    put(&out, SW_BAND_ERROR_LOG, "second log\n");
    put(&out, SW_BAND_OUTPUT, "last");
    ck_assert_int_eq(output_end(&out, 0), 0);
    ck_assert_str_eq(scratch_read("all", NULL),
                     "one\nand tworemote: first log, which is longer than sixteen bytes\n"
                     "\nremote: second log\nlast");
}
END_TEST

START_TEST(waits_until_flushed)
{
    output out;

    begin(&out, sizeof(memory));
    put(&out, SW_BAND_OUTPUT, "one");
    put(&out, SW_BAND_OUTPUT, "two");
    ck_assert_str_eq(scratch_read("all", NULL), "");
    ck_assert_int_eq(output_flush(&out), 0);
    ck_assert_str_eq(scratch_read("all", NULL), "onetwo");
    ck_assert_int_eq(output_flush(&out), 0);
    put(&out, SW_BAND_OUTPUT, "0123456789abcdef");
    ck_assert_str_eq(scratch_read("all", NULL), "onetwo");
    put(&out, SW_BAND_OUTPUT, "0");
    ck_assert_str_eq(scratch_read("all", NULL), "onetwo0123456789abcdef");
    ck_assert_int_eq(output_end(&out, 0), 0);
    ck_assert_str_eq(scratch_read("all", NULL), "onetwo0123456789abcdef0");
}
END_TEST

/* Failure shows where it is written, whoever asks for that. */
START_TEST(full_disk)
{
    output out;
    int fd;

    begin(&out, sizeof(memory));
    fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    ck_assert_int_eq(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
    put(&out, SW_BAND_OUTPUT, "one");
    if (_i == 0)
        ck_assert_int_eq(output_flush(&out), -1);
    else if (_i == 1)
        ck_assert_int_eq(output_write(&out, SW_BAND_OUTPUT, memory, sizeof(memory)), -1);
    else if (_i == 2)
        ck_assert_int_eq(output_write(&out, SW_BAND_INFO_LOG, "log\n", 4), -1);
    else
        ck_assert_int_eq(output_end(&out, 0), -1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("output");
    TCase *tcase = e2e_case(suite, "waiting");

    tcase_add_loop_test(tcase, same_order, 0, sizeof(memory) + 1);
    tcase_add_test(tcase, waits_until_flushed);
    tcase_add_loop_test(tcase, full_disk, 0, 4);
    return e2e_main(suite);
}
