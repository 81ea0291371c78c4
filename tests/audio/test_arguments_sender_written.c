/* SPDX-License-Identifier: ISC */
/* Arguments of `sender`, written and read again, and what cannot be written. */
#include <sidewire/audio/sender.h>

#include <stdlib.h>
#include <string.h>

#include "argument_support.h"

enum { HTTP, DCCP, UDP };

/* ---- the way back ---- */

static void check_back(const sw_sender_arguments *arguments)
{
    char buffer[64];
    sw_argument argv[SW_VECTOR_MAX];
    sw_command_info count;
    sw_argument_vector vector = { .buffer = buffer, .cap = sizeof(buffer) };
    sw_sender_arguments back;

    ck_assert_int_eq(sw_sender_format(arguments, &vector, NULL), SW_OK);
    ck_assert_int_eq(sw_command_decode((const uint8_t *)buffer, vector.len, argv, SW_VECTOR_MAX, &count, NULL),
                     SW_OK);
    ck_assert_int_eq(sw_sender_parse(&sw_senders, argv, count.count, &back, NULL), SW_OK);
    ck_assert_uint_eq(back.target.host.len, arguments->target.host.len);
    if (back.target.host.len > 0)
        ck_assert_mem_eq(back.target.host.data, arguments->target.host.data, back.target.host.len);
    back.target.host = arguments->target.host;
    ck_assert_mem_eq(&back, arguments, sizeof(back));
}

START_TEST(test_every_network)
{
    for (unsigned i = 0; i < 256; i++) {
        sw_sender_arguments a;
        memset(&a, 0, sizeof(a));
        a.sender = &sw_senders.senders[i % 2];
        a.subcommand = i % 3 == 0 ? SW_SENDER_ALLOW : SW_SENDER_DENY;
        for (unsigned k = 0; k < 4; k++)
            a.network.address[k] = (uint8_t)(i + 77 * k);
        a.network.bits = (uint8_t)(i % 33);
        check_back(&a);
    }
}
END_TEST

START_TEST(test_every_number)
{
    static const char *const hosts[] = { "h", "10.0.0.1", "fe80::1%x" };

    for (unsigned slices = 0; slices < 256; slices++) {
        for (unsigned data = slices > 0; data <= slices; data++) {
            sw_sender_arguments a;
            const char *host = hosts[data % 3];
            memset(&a, 0, sizeof(a));
            a.sender = &sw_senders.senders[data % 2 == 0 ? DCCP : UDP];
            a.subcommand = slices % 2 == 0 ? SW_SENDER_ADD : SW_SENDER_DELETE;
            a.target.host.data = host;
            a.target.host.len = strlen(host);
            a.target.port = (uint16_t)(slices * 257 - data);
            a.target.slices = (uint8_t)slices;
            a.target.data_slices = (uint8_t)data;
            a.target.max_slice_bytes = slices == 0 ? 0 : (uint16_t)(65535 - 257 * data);
            check_back(&a);
        }
    }
}
END_TEST

/* A host is as long as its struct says, whatever is behind it. */
START_TEST(test_host_views)
{
    static const char *const hosts[] = {
        "h", "a.b", "10.0.0.1", "::", "::1", "1::", "fe80::1%x", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4"
    };
    static const char behind[] = "0a.:%/]-";

    for (int i = 0; i < COUNT(hosts); i++) {
        sw_sender_arguments a;
        size_t len = strlen(hosts[i]);
        char *block = (char *)exact_copy(hosts[i], len);
        memset(&a, 0, sizeof(a));
        a.sender = &sw_senders.senders[UDP];
        a.subcommand = SW_SENDER_ADD;
        a.target.host.data = block;
        a.target.host.len = len;
        check_back(&a);
        free(block);
        for (const char *byte = behind; *byte != '\0'; byte++) {
            block = (char *)exact_copy(hosts[i], len + 1);
            block[len] = *byte;
            a.target.host.data = block;
            check_back(&a);
            free(block);
        }
    }
}
END_TEST

/* ---- what cannot be written ---- */

static const sw_sender full = { "full", SW_SENDER_HAS_ACCESS | SW_SENDER_HAS_TARGETS | SW_SENDER_HAS_SLICES };
static const sw_sender nameless = { "", SW_SENDER_HAS_ACCESS | SW_SENDER_HAS_TARGETS };
static const sw_sender access_only = { "a", SW_SENDER_HAS_ACCESS };
static const sw_sender targets_only = { "t", SW_SENDER_HAS_TARGETS };

/* As rows are laid out: sender, subcommand, bits, host, slices, max_slice_bytes, data_slices. */
static const struct unwritable {
    const char *what;
    const sw_sender *sender;
    unsigned subcommand;
    uint8_t bits;
    const char *host;
    uint8_t slices;
    uint16_t bytes;
    uint8_t data;
    uint64_t value;
} unwritable[] = {
    { "subcommand, no sender", NULL, SW_SENDER_ON, 0, "h", 0, 0, 0, 1 },
    { "sender, no subcommand", &full, SW_SENDER_LIST, 0, "h", 0, 0, 0, 1 },
    { "sender without name", &nameless, SW_SENDER_ON, 0, "h", 0, 0, 0, 1 },
    { "unknown subcommand", &full, SW_SENDER_HELP + 1, 0, "h", 0, 0, 0, 2 },
    { "subcommand out of range", &full, UINT32_MAX / 2, 0, "h", 0, 0, 0, 2 },
    { "allow without access", &targets_only, SW_SENDER_ALLOW, 0, "h", 0, 0, 0, 2 },
    { "deny without access", &targets_only, SW_SENDER_DENY, 0, "h", 0, 0, 0, 2 },
    { "add without targets", &access_only, SW_SENDER_ADD, 0, "h", 0, 0, 0, 2 },
    { "delete without targets", &access_only, SW_SENDER_DELETE, 0, "h", 0, 0, 0, 2 },
    { "33 bits", &full, SW_SENDER_ALLOW, 33, "h", 0, 0, 0, 3 },
    { "255 bits", &full, SW_SENDER_DENY, 255, "h", 0, 0, 0, 3 },
    { "no host", &full, SW_SENDER_ADD, 0, "", 0, 0, 0, 3 },
    { "host with port", &full, SW_SENDER_ADD, 0, "h:80", 0, 0, 0, 3 },
    { "host in brackets", &full, SW_SENDER_ADD, 0, "[::1]", 0, 0, 0, 3 },
    { "host that is no address", &full, SW_SENDER_ADD, 0, "1.2.3", 0, 0, 0, 3 },
    { "host with slices", &full, SW_SENDER_ADD, 0, "h/1:2:3", 0, 0, 0, 3 },
    { "IPv6 without end", &full, SW_SENDER_ADD, 0, "1:2:3", 0, 0, 0, 3 },
    { "slices without data", &full, SW_SENDER_ADD, 0, "h", 1, 0, 0, 3 },
    { "slices below data", &full, SW_SENDER_ADD, 0, "h", 14, 0, 15, 3 },
    { "data without slices", &full, SW_SENDER_ADD, 0, "h", 0, 0, 1, 3 },
    { "bytes without slices", &full, SW_SENDER_DELETE, 0, "h", 0, 1, 0, 3 },
    { "slices where none are", &targets_only, SW_SENDER_ADD, 0, "h", 16, 0, 14, 3 },
};

static sw_sender_arguments arguments_of(const struct unwritable *c)
{
    sw_sender_arguments a;

    memset(&a, 0, sizeof(a));
    a.sender = c->sender;
    memcpy(&a.subcommand, &c->subcommand, sizeof(a.subcommand)); /* some are not of the enum */
    a.network.bits = c->bits;
    a.target.host.data = c->host;
    a.target.host.len = strlen(c->host);
    a.target.slices = c->slices;
    a.target.max_slice_bytes = c->bytes;
    a.target.data_slices = c->data;
    return a;
}

static int format_sender(const void *arguments, sw_argument_vector *out, sw_error *error)
{
    return sw_sender_format(arguments, out, error);
}

START_TEST(test_unwritable)
{
    const struct unwritable *c = &unwritable[_i];
    sw_sender_arguments arguments = arguments_of(c);

    check_format_refused(c->what, format_sender, &arguments, SW_E_VALUE, c->value);
}
END_TEST

/* Fields of other subcommands may hold anything. */
START_TEST(test_fields_not_used)
{
    static const struct unwritable filled = { "", &full, SW_SENDER_ON, 99, "[", 1, 2, 3, 0 };
    sw_sender_arguments arguments = arguments_of(&filled);

    check_format(format_sender, &arguments, "sender full on");
    arguments.subcommand = SW_SENDER_HELP;
    check_format(format_sender, &arguments, "sender full help");
    arguments.network.bits = 7;
    arguments.subcommand = SW_SENDER_DENY;
    check_format(format_sender, &arguments, "sender full deny 0.0.0.0/7");
    arguments.sender = NULL;
    arguments.subcommand = SW_SENDER_LIST;
    check_format(format_sender, &arguments, "sender");
}
END_TEST

START_TEST(test_null)
{
    static const struct unwritable add = { "", &full, SW_SENDER_ADD, 0, "h", 0, 0, 0, 0 };
    sw_sender_arguments arguments = arguments_of(&add);

    check_format_null(format_sender, &arguments);
    arguments.target.host.data = NULL;
    check_format_refused("no text", format_sender, &arguments, SW_E_NULL, 3);
    arguments.target.host.len = 0;
    check_format_refused("no host", format_sender, &arguments, SW_E_VALUE, 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("arguments_sender_written");
    TCase *trips = suite_case(suite, "round trips");
    TCase *errors = suite_case(suite, "refused");

    tcase_add_test(trips, test_every_network);
    tcase_add_test(trips, test_every_number);
    tcase_add_test(trips, test_host_views);
    tcase_add_loop_test(errors, test_unwritable, 0, COUNT(unwritable));
    tcase_add_test(errors, test_fields_not_used);
    tcase_add_test(errors, test_null);
    return run_suite(suite);
}
