/* SPDX-License-Identifier: ISC */
/* Arguments of `sender`: every subcommand of every sender, addresses and targets in all forms, and
 * what a server answers to errors. */
#include <sidewire/audio/sender.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "argument_support.h"

enum { HTTP, DCCP, UDP, SENDERS };

static const char *const names[SENDERS] = { "http", "dccp", "udp" };

static int format_sender(const void *arguments, sw_argument_vector *out, sw_error *error)
{
    return sw_sender_format(arguments, out, error);
}

static int parse_line(const char *line, sw_sender_arguments *out, sw_error *error)
{
    argument_list list = list_of(line);
    int result = sw_sender_parse(&sw_senders, list.argv, list.argc, out, error);

    list_free(&list); /* only the host points into it */
    return result;
}

START_TEST(test_table)
{
    ck_assert_uint_eq(sw_senders.count, SENDERS);
    for (int i = 0; i < SENDERS; i++)
        ck_assert_str_eq(sw_senders.senders[i].name, names[i]);
}
END_TEST

/* ---- subcommands without argument ---- */

START_TEST(test_list)
{
    sw_sender_arguments out;
    sw_error error = { 1, 2, 3 };

    memset(&out, 0x5a, sizeof(out));
    ck_assert_int_eq(parse_line("sender", &out, &error), SW_OK);
    check_error("list", error, SW_OK, 0, 0);
    ck_assert_ptr_null(out.sender);
    ck_assert_int_eq(out.subcommand, SW_SENDER_LIST);
    check_format(format_sender, &out, "sender");
}
END_TEST

START_TEST(test_words)
{
    static const struct {
        const char *word;
        sw_sender_subcommand subcommand;
    } words[] = {
        { "on", SW_SENDER_ON },
        { "off", SW_SENDER_OFF },
        { "help", SW_SENDER_HELP },
    };
    sw_sender_arguments out, expected;
    char line[32];

    for (int i = 0; i < COUNT(words); i++) {
        memset(&out, 0x5a, sizeof(out));
        memset(&expected, 0, sizeof(expected));
        expected.sender = &sw_senders.senders[_i];
        expected.subcommand = words[i].subcommand;
        snprintf(line, sizeof(line), "sender %s %s", names[_i], words[i].word);
        ck_assert_int_eq(parse_line(line, &out, NULL), SW_OK);
        ck_assert_mem_eq(&out, &expected, sizeof(out));
        check_format(format_sender, &out, line);
    }
}
END_TEST

/* ---- access ---- */

static const struct network_case {
    const char *text;
    const char *written; /* NULL: the same */
    sw_network network;
} network_cases[] = {
    { "10.0.0.1", "10.0.0.1/32", { { 10, 0, 0, 1 }, 32 } },
    { "10.0.0.1/32", NULL, { { 10, 0, 0, 1 }, 32 } },
    { "0.0.0.0/0", NULL, { { 0, 0, 0, 0 }, 0 } },
    { "255.255.255.255/31", NULL, { { 255, 255, 255, 255 }, 31 } },
    { "192.168.7.200/16", NULL, { { 192, 168, 7, 200 }, 16 } },
    { "1.2.3.4/08", "1.2.3.4/8", { { 1, 2, 3, 4 }, 8 } },
    { "100.20.30.9/1", NULL, { { 100, 20, 30, 9 }, 1 } },
};

static void check_network(const char *text, const struct network_case *c, int subcommand)
{
    const char *word = subcommand == SW_SENDER_ALLOW ? "allow" : "deny";
    sw_sender_arguments out;
    char line[64];

    memset(&out, 0x5a, sizeof(out));
    snprintf(line, sizeof(line), "sender http %s %s", word, text);
    ck_assert_int_eq(parse_line(line, &out, NULL), SW_OK);
    ck_assert_ptr_eq(out.sender, &sw_senders.senders[HTTP]);
    ck_assert_int_eq((int)out.subcommand, subcommand);
    ck_assert_mem_eq(&out.network, &c->network, sizeof(c->network));
    ck_assert_ptr_null(out.target.host.data);
    snprintf(line, sizeof(line), "sender http %s %s", word, c->written != NULL ? c->written : c->text);
    check_format(format_sender, &out, line);
}

START_TEST(test_networks)
{
    const struct network_case *c = &network_cases[_i];

    for (int subcommand = SW_SENDER_ALLOW; subcommand <= SW_SENDER_DENY; subcommand++) {
        check_network(c->text, c, subcommand);
        if (c->written != NULL)
            check_network(c->written, c, subcommand);
    }
}
END_TEST

/* ---- targets ---- */

#define LABEL_63 "a23456789012345678901234567890123456789012345678901234567890123"
#define HOST_253                                                                                                  \
    LABEL_63 "." LABEL_63 "." LABEL_63                                                                            \
             "."                                                                                                  \
             "a234567890123456789012345678901234567890123456789012345678901"

static const struct target_case {
    const char *text;
    const char *written; /* NULL: the same */
    const char *host;
    uint16_t port, bytes;
    uint8_t data, slices;
} target_cases[] = {
    { "localhost", NULL, "localhost", 0, 0, 0, 0 },
    { "localhost:1", NULL, "localhost", 1, 0, 0, 0 },
    { "h:65535", NULL, "h", 65535, 0, 0, 0 },
    { "a.example.org:08000", "a.example.org:8000", "a.example.org", 8000, 0, 0, 0 },
    { "a.example.org.", NULL, "a.example.org.", 0, 0, 0, 0 },
    { "_x-y_.Z9-:7", NULL, "_x-y_.Z9-", 7, 0, 0, 0 },
    { "4chan", NULL, "4chan", 0, 0, 0, 0 },
    { "1.2.3.four", NULL, "1.2.3.four", 0, 0, 0, 0 },
    { HOST_253, NULL, HOST_253, 0, 0, 0, 0 },
    { HOST_253 ":80", NULL, HOST_253, 80, 0, 0, 0 },
    { "224.0.1.38:1500", NULL, "224.0.1.38", 1500, 0, 0, 0 },
    { "[::1]", NULL, "::1", 0, 0, 0, 0 },
    { "[::]:1500", NULL, "::", 1500, 0, 0, 0 },
    { "[ff02::1%eth0]:1500", NULL, "ff02::1%eth0", 1500, 0, 0, 0 },
    { "[FE80::A%2]", NULL, "FE80::A%2", 0, 0, 0, 0 },
    { "[::ffff:10.0.0.1]:9", NULL, "::ffff:10.0.0.1", 9, 0, 0, 0 },
    { "h/1400:14:16", NULL, "h", 0, 1400, 14, 16 },
    { "h:8000/1400:14:16", NULL, "h", 8000, 1400, 14, 16 },
    { "h:8000/0:1:1", NULL, "h", 8000, 0, 1, 1 },
    { "h/65535:255:255", NULL, "h", 0, 65535, 255, 255 },
    { "h/65535:1:255", NULL, "h", 0, 65535, 1, 255 },
    { "h/010:02:003", "h/10:2:3", "h", 0, 10, 2, 3 },
    { "[::1]/1:2:3", NULL, "::1", 0, 1, 2, 3 },
    { "[::1]:4/1:2:3", NULL, "::1", 4, 1, 2, 3 },
    { "10.9.8.7/1:2:3", NULL, "10.9.8.7", 0, 1, 2, 3 },
};

static void check_target(const struct target_case *c, const char *text, const char *sender, int subcommand)
{
    const char *word = subcommand == SW_SENDER_ADD ? "add" : "delete";
    sw_sender_arguments out;
    char line[400];
    argument_list list;

    memset(&out, 0x5a, sizeof(out));
    snprintf(line, sizeof(line), "sender %s %s %s", sender, word, text);
    list = list_of(line);
    ck_assert_int_eq(sw_sender_parse(&sw_senders, list.argv, list.argc, &out, NULL), SW_OK);
    ck_assert_str_eq(out.sender->name, sender);
    ck_assert_int_eq((int)out.subcommand, subcommand);
    ck_assert_uint_eq(out.target.host.len, strlen(c->host));
    ck_assert_mem_eq(out.target.host.data, c->host, strlen(c->host));
    /* inside the argument, behind a bracket if there is one */
    ck_assert_ptr_eq(out.target.host.data, list.argv[3].data + (text[0] == '['));
    ck_assert_uint_eq(out.target.port, c->port);
    ck_assert_uint_eq(out.target.max_slice_bytes, c->bytes);
    ck_assert_uint_eq(out.target.data_slices, c->data);
    ck_assert_uint_eq(out.target.slices, c->slices);
    ck_assert_uint_eq(out.network.bits, 0);
    snprintf(line, sizeof(line), "sender %s %s %s", sender, word, c->written != NULL ? c->written : c->text);
    check_format(format_sender, &out, line);
    list_free(&list);
}

START_TEST(test_targets)
{
    const struct target_case *c = &target_cases[_i];

    for (int subcommand = SW_SENDER_ADD; subcommand <= SW_SENDER_DELETE; subcommand++) {
        for (int sender = DCCP; sender <= UDP; sender++) {
            check_target(c, c->text, names[sender], subcommand);
            if (c->written != NULL)
                check_target(c, c->written, names[sender], subcommand);
        }
    }
}
END_TEST

/* ---- refused ---- */

enum answer { SYNTAX, HELP_TEXT, UNSUPPORTED };

static const struct refused {
    const char *line;
    enum answer answer;
    int code;
    uint64_t value, limit;
} refused[] = {
    { "sender ", SYNTAX, SW_E_SENDER, 1, 0 },
    { "sender ftp", SYNTAX, SW_E_SENDER, 1, 0 },
    { "sender ftp on", SYNTAX, SW_E_SENDER, 1, 0 },
    { "sender HTTP on", SYNTAX, SW_E_SENDER, 1, 0 },
    { "sender htt on", SYNTAX, SW_E_SENDER, 1, 0 },
    { "sender https on", SYNTAX, SW_E_SENDER, 1, 0 },
    { "sender on", SYNTAX, SW_E_SENDER, 1, 0 },
    { "sender help", SYNTAX, SW_E_SENDER, 1, 0 },
    { "sender http", HELP_TEXT, SW_E_ARGUMENT_MISSING, 2, 0 },
    { "sender http ", HELP_TEXT, SW_E_ARGUMENT_UNKNOWN, 2, 0 },
    { "sender http list", HELP_TEXT, SW_E_ARGUMENT_UNKNOWN, 2, 0 },
    { "sender http ON", HELP_TEXT, SW_E_ARGUMENT_UNKNOWN, 2, 0 },
    { "sender http onn", HELP_TEXT, SW_E_ARGUMENT_UNKNOWN, 2, 0 },
    { "sender http o", HELP_TEXT, SW_E_ARGUMENT_UNKNOWN, 2, 0 },
    { "sender udp remove h", HELP_TEXT, SW_E_ARGUMENT_UNKNOWN, 2, 0 },
    { "sender http on ", HELP_TEXT, SW_E_ARGUMENT_EXTRA, 3, 2 },
    { "sender http on now", HELP_TEXT, SW_E_ARGUMENT_EXTRA, 3, 2 },
    { "sender dccp off x y", HELP_TEXT, SW_E_ARGUMENT_EXTRA, 3, 2 },
    { "sender udp help on", HELP_TEXT, SW_E_ARGUMENT_EXTRA, 3, 2 },
    { "sender http allow 1.2.3.4 32", HELP_TEXT, SW_E_ARGUMENT_EXTRA, 4, 3 },
    { "sender udp add h 80", HELP_TEXT, SW_E_ARGUMENT_EXTRA, 4, 3 },
    { "sender http allow", HELP_TEXT, SW_E_ARGUMENT_MISSING, 3, 0 },
    { "sender http deny", HELP_TEXT, SW_E_ARGUMENT_MISSING, 3, 0 },
    { "sender udp add", HELP_TEXT, SW_E_ARGUMENT_MISSING, 3, 0 },
    { "sender udp delete", HELP_TEXT, SW_E_ARGUMENT_MISSING, 3, 0 },
    { "sender http add", UNSUPPORTED, SW_E_SENDER_COMMAND, 2, 0 },
    { "sender http delete h", UNSUPPORTED, SW_E_SENDER_COMMAND, 2, 0 },
    { "sender udp allow 1.2.3.4", UNSUPPORTED, SW_E_SENDER_COMMAND, 2, 0 },
    { "sender udp deny x y", UNSUPPORTED, SW_E_SENDER_COMMAND, 2, 0 },
    { "sender dccp allow 1.2.3.4/33", HELP_TEXT, SW_E_ARGUMENT_LARGE, 3, 32 },
    { "sender http allow 1.2.3.4/4294967328", HELP_TEXT, SW_E_ARGUMENT_LARGE, 3, 32 },
    { "sender http allow 1.2.3.4/", HELP_TEXT, SW_E_ARGUMENT_NUMBER, 3, 0 },
    { "sender http allow 1.2.3.4/-1", HELP_TEXT, SW_E_ARGUMENT_NUMBER, 3, 0 },
    { "sender http allow 1.2.3.4/+1", HELP_TEXT, SW_E_ARGUMENT_NUMBER, 3, 0 },
    { "sender http allow 1.2.3.4/8x", HELP_TEXT, SW_E_ARGUMENT_NUMBER, 3, 0 },
    { "sender http allow 1.2.3.4/255.0.0.0", HELP_TEXT, SW_E_ARGUMENT_LARGE, 3, 32 },
    { "sender http allow 1.2.3.4/8/8", HELP_TEXT, SW_E_ARGUMENT_NUMBER, 3, 0 },
    { "sender udp add h:0", HELP_TEXT, SW_E_ARGUMENT_SMALL, 3, 1 },
    { "sender udp add h:65536", HELP_TEXT, SW_E_ARGUMENT_LARGE, 3, 65535 },
    { "sender udp add h:", HELP_TEXT, SW_E_ARGUMENT_NUMBER, 3, 0 },
    { "sender udp add h:+1", HELP_TEXT, SW_E_ARGUMENT_NUMBER, 3, 0 },
    { "sender udp add h:http", HELP_TEXT, SW_E_ARGUMENT_NUMBER, 3, 0 },
    { "sender udp add [::1]:", HELP_TEXT, SW_E_ARGUMENT_NUMBER, 3, 0 },
    { "sender udp add [::1]:x", HELP_TEXT, SW_E_ARGUMENT_NUMBER, 3, 0 },
    { "sender udp add h/", HELP_TEXT, SW_E_ARGUMENT_NUMBER, 3, 0 },
    { "sender udp add h/1:", HELP_TEXT, SW_E_ARGUMENT_NUMBER, 3, 0 },
    { "sender udp add h/1:2:", HELP_TEXT, SW_E_ARGUMENT_NUMBER, 3, 0 },
    { "sender udp add h/-1:2:3", HELP_TEXT, SW_E_ARGUMENT_NUMBER, 3, 0 },
    { "sender udp add h/:2:3", HELP_TEXT, SW_E_ARGUMENT_NUMBER, 3, 0 },
    { "sender udp add h/1::3", HELP_TEXT, SW_E_ARGUMENT_NUMBER, 3, 0 },
    { "sender udp add h/65536:2:3", HELP_TEXT, SW_E_ARGUMENT_LARGE, 3, 65535 },
    { "sender udp add h/1:256:3", HELP_TEXT, SW_E_ARGUMENT_LARGE, 3, 255 },
    { "sender udp add h/1:2:256", HELP_TEXT, SW_E_ARGUMENT_LARGE, 3, 255 },
    { "sender udp add h/1:0:3", HELP_TEXT, SW_E_ARGUMENT_SMALL, 3, 1 },
    { "sender udp add h/1:2:0", HELP_TEXT, SW_E_ARGUMENT_SMALL, 3, 2 },
    { "sender udp add h/1:16:14", HELP_TEXT, SW_E_ARGUMENT_SMALL, 3, 16 },
    { "sender udp add h/1:2", HELP_TEXT, SW_E_ARGUMENT_TARGET, 3, 0 },
    { "sender udp add h/1", HELP_TEXT, SW_E_ARGUMENT_TARGET, 3, 0 },
    { "sender udp add h/1.2.3", HELP_TEXT, SW_E_ARGUMENT_TARGET, 3, 0 },
    { "sender udp add h/1:2.3", HELP_TEXT, SW_E_ARGUMENT_TARGET, 3, 0 },
    { "sender udp add h/1:2:3:4", HELP_TEXT, SW_E_ARGUMENT_TARGET, 3, 0 },
    { "sender udp add h/1:2:3x", HELP_TEXT, SW_E_ARGUMENT_TARGET, 3, 0 },
    { "sender udp add h/1:2:3/1:2:3", HELP_TEXT, SW_E_ARGUMENT_TARGET, 3, 0 },
    { "sender udp delete h:80x", HELP_TEXT, SW_E_ARGUMENT_TARGET, 3, 0 },
    { "sender udp delete h:80:80", HELP_TEXT, SW_E_ARGUMENT_TARGET, 3, 0 },
    { "sender dccp delete [::1]:80:80", HELP_TEXT, SW_E_ARGUMENT_TARGET, 3, 0 },
};

/* What a server answers, by the rule of the header. */
static enum answer answer_to(int code, const sw_sender_arguments *out)
{
    if (code == SW_E_SENDER_COMMAND)
        return UNSUPPORTED;
    return out->sender != NULL ? HELP_TEXT : SYNTAX;
}

/* Nothing but the sender is set. */
static void check_rest(const char *line, const sw_sender_arguments *out)
{
    sw_sender_arguments rest;

    memset(&rest, 0, sizeof(rest));
    rest.sender = out->sender;
    ck_assert_msg(memcmp(out, &rest, sizeof(rest)) == 0, "%s", line);
}

static void check_refused(const struct refused *c)
{
    sw_sender_arguments out;
    sw_error error = { 1, 2, 3 };
    int result;

    memset(&out, 0x5a, sizeof(out));
    result = parse_line(c->line, &out, &error);
    ck_assert_msg(result == c->code, "%s: %d instead of %d", c->line, result, c->code);
    check_error(c->line, error, c->code, c->value, c->limit);
    ck_assert_msg(answer_to(result, &out) == c->answer, "%s", c->line);
    check_rest(c->line, &out);
    ck_assert_int_eq(parse_line(c->line, &out, NULL), c->code);
}

START_TEST(test_refused)
{
    check_refused(&refused[_i]);
}
END_TEST

/* Another server's senders, and what their targets take. */
START_TEST(test_own_table)
{
    static const sw_sender own[] = {
        { "", 0 },
        { "file", SW_SENDER_HAS_TARGETS },
        { "udp", 0 },
        { "u", 0 },
    };
    static const sw_sender_table table = { own, COUNT(own) };
    static const sw_sender_table empty = { NULL, 0 };
    static const struct {
        const char *line;
        int code;
    } cases[] = {
        { "sender file add h:80", SW_OK },
        { "sender file add h:80/1:2:3", SW_E_ARGUMENT_TARGET },
        { "sender file allow 1.2.3.4", SW_E_SENDER_COMMAND },
        { "sender udp on", SW_OK },
        { "sender udp add h", SW_E_SENDER_COMMAND },
        { "sender http on", SW_E_SENDER },
        { "sender u on", SW_OK },
        { "sender  on", SW_E_SENDER },
        { "sender ", SW_E_SENDER },
        { "sender", SW_OK },
    };

    for (int i = 0; i < COUNT(cases); i++) {
        argument_list list = list_of(cases[i].line);
        sw_sender_arguments out;
        int result = sw_sender_parse(&table, list.argv, list.argc, &out, NULL);
        ck_assert_msg(result == cases[i].code, "%s: %d", cases[i].line, result);
        result = sw_sender_parse(&empty, list.argv, list.argc, &out, NULL);
        ck_assert_int_eq(result, list.argc == 1 ? SW_OK : SW_E_SENDER);
        list_free(&list);
    }
}
END_TEST

START_TEST(test_null)
{
    argument_list list = list_of("sender udp on");
    sw_sender_arguments out;
    sw_error error = { 1, 2, 3 };

    ck_assert_int_eq(sw_sender_parse(NULL, list.argv, list.argc, &out, &error), SW_E_NULL);
    check_error("no table", error, SW_E_NULL, 0, 0);
    check_rest("no table", &out);
    ck_assert_int_eq(sw_sender_parse(&sw_senders, NULL, 1, &out, &error), SW_E_NULL);
    ck_assert_int_eq(sw_sender_parse(&sw_senders, list.argv, list.argc, NULL, &error), SW_E_NULL);
    check_error("nowhere to put it", error, SW_E_NULL, 0, 0);
    ck_assert_int_eq(sw_sender_parse(&sw_senders, list.argv, list.argc, NULL, NULL), SW_E_NULL);
    memset(&out, 0x5a, sizeof(out));
    ck_assert_int_eq(sw_sender_parse(&sw_senders, NULL, 0, &out, &error), SW_E_COMMAND_EMPTY);
    check_error("no name", error, SW_E_COMMAND_EMPTY, 0, 0);
    ck_assert_ptr_null(out.sender);
    list_free(&list);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("arguments_sender");
    TCase *accepted = suite_case(suite, "accepted");
    TCase *errors = suite_case(suite, "refused");

    tcase_add_test(accepted, test_table);
    tcase_add_test(accepted, test_list);
    tcase_add_loop_test(accepted, test_words, 0, SENDERS);
    tcase_add_loop_test(accepted, test_networks, 0, COUNT(network_cases));
    tcase_add_loop_test(accepted, test_targets, 0, COUNT(target_cases));
    tcase_add_loop_test(errors, test_refused, 0, COUNT(refused));
    tcase_add_test(errors, test_own_table);
    tcase_add_test(errors, test_null);
    return run_suite(suite);
}
