/* SPDX-License-Identifier: ISC */
/* The `sender` command: what each one answers, and the blocks of `si` afterwards. */
#include "senders.h"

#include <stdio.h>
#include <string.h>

#include "argument_support.h"
#include "reply_reader.h"

#define SYNTAX "syntax error in command\n"
#define UNSUPPORTED SW_MESSAGE_SENDER_COMMAND "\n"
#define NO_TARGET "no such target\n"
#define FULL "too many entries\n"

#define HELP_HTTP                                                                                                 \
    "The http sender is simulated: nothing is really sent.\n"                                                     \
    "on                 start sending\n"                                                                          \
    "off                stop sending\n"                                                                           \
    "allow ADDR[/BITS]  let this IPv4 address or network connect\n"                                               \
    "deny ADDR[/BITS]   do not let this IPv4 address or network connect\n"                                        \
    "help               print this text\n"
#define HELP_DCCP                                                                                                 \
    "The dccp sender is simulated: nothing is really sent.\n"                                                     \
    "on                 start sending\n"                                                                          \
    "off                stop sending\n"                                                                           \
    "allow ADDR[/BITS]  let this IPv4 address or network connect\n"                                               \
    "deny ADDR[/BITS]   do not let this IPv4 address or network connect\n"                                        \
    "add TARGET         send to this target too\n"                                                                \
    "delete TARGET      send to this target no more\n"                                                            \
    "help               print this text\n"                                                                        \
    "A target is HOST, HOST:PORT, [IPV6] or [IPV6]:PORT.\n"                                                       \
    "/MAX_SLICE_BYTES:DATA_SLICES:SLICES may follow; adding it again changes them.\n"
#define HELP_UDP                                                                                                  \
    "The udp sender is simulated: nothing is really sent.\n"                                                      \
    "on                 start sending\n"                                                                          \
    "off                stop sending\n"                                                                           \
    "add TARGET         send to this target too\n"                                                                \
    "delete TARGET      send to this target no more\n"                                                            \
    "help               print this text\n"                                                                        \
    "A target is HOST, HOST:PORT, [IPV6] or [IPV6]:PORT.\n"                                                       \
    "/MAX_SLICE_BYTES:DATA_SLICES:SLICES may follow; adding it again changes them.\n"
#define HELP_FILE                                                                                                 \
    "The file sender is simulated: nothing is really sent.\n"                                                     \
    "on                 start sending\n"                                                                          \
    "off                stop sending\n"                                                                           \
    "add TARGET         send to this target too\n"                                                                \
    "delete TARGET      send to this target no more\n"                                                            \
    "help               print this text\n"                                                                        \
    "A target is HOST, HOST:PORT, [IPV6] or [IPV6]:PORT.\n"
#define HELP_NULL                                                                                                 \
    "The null sender is simulated: nothing is really sent.\n"                                                     \
    "on                 start sending\n"                                                                          \
    "off                stop sending\n"                                                                           \
    "help               print this text\n"

#define HTTP(status, access) "http sender:\n\tstatus: " status "\n\taccess: " access "\n"
#define DCCP(status, access, targets)                                                                             \
    "dccp sender:\n\tstatus: " status "\n\taccess: " access "\n\ttargets: " targets "\n"
#define UDP(status, targets) "udp sender:\n\tstatus: " status "\n\ttargets: " targets "\n"
#define HTTP_NEW HTTP("off", "none")
#define DCCP_NEW DCCP("off", "none", "none")
#define UDP_NEW UDP("off", "none")

static senders set;

static void start(const sw_sender_table *table)
{
    ck_assert_int_eq(senders_init(&set, table), 0);
}

static void setup(void)
{
    start(&sw_senders);
}

static void teardown(void)
{
    senders_free(&set);
}

/* ---- commands ---- */

/* Without errors: success, and this output. Else the failure, and no output. */
static void expect(const char *line, const char *output, const char *errors)
{
    reply r = { 0 };
    argument_list list = list_of(line);
    reply_text text;

    senders_command(&set, list.argv, list.argc, &r);
    list_free(&list); /* nothing points into it any more */
    text = reply_read(&r, NULL);
    ck_assert_msg(strcmp(text.output, output) == 0, "%s: '%s'", line, text.output);
    ck_assert_msg(strcmp(text.errors, errors) == 0, "%s: '%s'", line, text.errors);
    ck_assert_msg(text.status == (*errors != '\0'), "%s: status %d", line, text.status);
    reply_text_free(&text);
}

/* What `si` shows of all senders. */
static void expect_blocks(const char *what, const char *blocks)
{
    reply r = { 0 };
    reply_text text;

    reply_begin(&r, SW_BAND_OUTPUT);
    senders_print(&set, &r);
    reply_finish(&r, 0);
    text = reply_read(&r, NULL);
    ck_assert_msg(strcmp(text.output, blocks) == 0, "%s: '%.999s'", what, text.output);
    reply_text_free(&text);
}

/* ---- answers that change nothing ---- */

static const struct {
    const char *line, *output, *errors;
} answers[] = {
    { "sender", "http\ndccp\nudp\n", "" },
    { "sender ", "", SYNTAX },
    { "sender ftp", "", SYNTAX },
    { "sender ftp on", "", SYNTAX },
    { "sender HTTP on", "", SYNTAX },
    { "sender help", "", SYNTAX },
    { "sender http help", HELP_HTTP, "" },
    { "sender dccp help", HELP_DCCP, "" },
    { "sender udp help", HELP_UDP, "" },
    { "sender http", HELP_HTTP, "" },
    { "sender http ", HELP_HTTP, "" },
    { "sender http start", HELP_HTTP, "" },
    { "sender http ON", HELP_HTTP, "" },
    { "sender http on now", HELP_HTTP, "" },
    { "sender udp help me", HELP_UDP, "" },
    { "sender http allow", HELP_HTTP, "" },
    { "sender http allow 10.0.0.1/33", HELP_HTTP, "" },
    { "sender http allow localhost", HELP_HTTP, "" },
    { "sender dccp deny 10.0.0.1 8", HELP_DCCP, "" },
    { "sender udp add", HELP_UDP, "" },
    { "sender udp add ::1", HELP_UDP, "" },
    { "sender udp add h:0", HELP_UDP, "" },
    { "sender udp add h:80/1400:10:8", HELP_UDP, "" },
    { "sender udp add \33[2J", HELP_UDP, "" },
    { "sender udp add [::1%\33]", HELP_UDP, "" },
    { "sender http add h", "", UNSUPPORTED },
    { "sender http delete", "", UNSUPPORTED },
    { "sender udp allow 10.0.0.1", "", UNSUPPORTED },
    { "sender udp deny", "", UNSUPPORTED },
    { "sender udp delete h", "", NO_TARGET },
    { "sender dccp delete [::1]:80", "", NO_TARGET },
};

START_TEST(test_answers)
{
    expect(answers[_i].line, answers[_i].output, answers[_i].errors);
    expect_blocks(answers[_i].line, HTTP_NEW DCCP_NEW UDP_NEW);
}
END_TEST

/* ---- sequences ---- */

enum { LINES = 9 };

/* All succeed and say nothing, except those that end with `!`: no such target. */
static const struct {
    const char *lines[LINES]; /* behind `sender ` */
    const char *blocks;
} sequences[] = {
    { { "http on" }, HTTP("on", "none") DCCP_NEW UDP_NEW },
    { { "dccp on", "udp on", "udp on" }, HTTP_NEW DCCP("on", "none", "none") UDP("on", "none") },
    { { "http on", "udp on", "http off", "http off" }, HTTP_NEW DCCP_NEW UDP("on", "none") },

    /* networks, in the order they came */
    { { "http allow 10.0.0.0/8", "http deny 192.168.1.7" },
      HTTP("off", "allow 10.0.0.0/8, deny 192.168.1.7/32") DCCP_NEW UDP_NEW },
    { { "dccp deny 0.0.0.0/0", "dccp allow 10.0.0.1", "dccp on" },
      HTTP_NEW DCCP("on", "deny 0.0.0.0/0, allow 10.0.0.1/32", "none") UDP_NEW },
    { { "http allow 255.255.255.255/0", "http allow 255.255.255.255/1", "http allow 255.255.255.255/7",
        "http allow 255.255.255.255/8", "http allow 255.255.255.255/9", "http allow 255.255.255.255/23",
        "http allow 255.255.255.255/24", "http allow 255.255.255.255/31", "http allow 255.255.255.255/32" },
      HTTP("off",
           "allow 0.0.0.0/0, allow 128.0.0.0/1, allow 254.0.0.0/7, allow 255.0.0.0/8, "
           "allow 255.128.0.0/9, allow 255.255.254.0/23, allow 255.255.255.0/24, "
           "allow 255.255.255.254/31, allow 255.255.255.255/32") DCCP_NEW UDP_NEW },
    /* the same network again, and others that are not */
    { { "http allow 10.1.2.3/8", "http allow 1.2.3.4", "http deny 10.200.0.0/8" },
      HTTP("off", "deny 10.0.0.0/8, allow 1.2.3.4/32") DCCP_NEW UDP_NEW },
    { { "http allow 10.0.0.0/8", "http deny 10.0.0.0/9", "http deny 11.0.0.0/8", "dccp deny 10.0.0.0/8" },
      HTTP("off", "allow 10.0.0.0/8, deny 10.0.0.0/9, deny 11.0.0.0/8") DCCP("off", "deny 10.0.0.0/8", "none")
          UDP_NEW },

    /* targets */
    { { "udp add [::1]:8000", "udp add host.example:9000/1400:8:10", "udp add 10.0.0.1",
        "udp add [fe80::1%eth0]/0:1:255", "udp add h:65535" },
      HTTP_NEW DCCP_NEW UDP("off",
                            "[::1]:8000, host.example:9000/1400:8:10, 10.0.0.1, "
                            "[fe80::1%eth0]/0:1:255, h:65535") },
    { { "dccp add a", "udp add b" }, HTTP_NEW DCCP("off", "none", "a") UDP("off", "b") },
    /* the same target again, and others that are not */
    { { "udp add Host:1/1:2:3", "udp add b", "udp add hOST:1/4:5:6" },
      HTTP_NEW DCCP_NEW UDP("off", "Host:1/4:5:6, b") },
    { { "udp add h:1/1:2:3", "udp add H:1" }, HTTP_NEW DCCP_NEW UDP("off", "h:1") },
    { { "udp add [::A]", "udp add [::a]/1:2:3" }, HTTP_NEW DCCP_NEW UDP("off", "[::A]/1:2:3") },
    { { "udp add h", "udp add h:1", "udp add h:2", "udp add hh", "udp add g", "udp add h." },
      HTTP_NEW DCCP_NEW UDP("off", "h, h:1, h:2, hh, g, h.") },
    { { "udp add [fe80::a%Eth0]", "udp add [fe80::A%eth0]", "udp add [FE80::a%Eth0]:1" },
      HTTP_NEW DCCP_NEW UDP("off", "[fe80::a%Eth0], [fe80::A%eth0], [FE80::a%Eth0]:1") },
    /* gone again */
    { { "udp add a:1", "udp add b:2/1:2:3", "udp add c", "udp delete B:2" },
      HTTP_NEW DCCP_NEW UDP("off", "a:1, c") },
    { { "udp add a", "udp add b", "udp delete b/9:9:9", "udp delete b!", "udp delete a", "udp delete a!" },
      HTTP_NEW DCCP_NEW UDP_NEW },
    { { "udp add a", "dccp delete a!", "udp delete a:1!", "udp delete aa!" }, HTTP_NEW DCCP_NEW UDP("off", "a") },
    { { "udp add longer", "udp delete longer", "udp add ab", "udp add a" },
      HTTP_NEW DCCP_NEW UDP("off", "ab, a") },
    { { "udp add a", "udp add b", "udp delete a", "udp add a/1:2:3" },
      HTTP_NEW DCCP_NEW UDP("off", "b, a/1:2:3") },
};

START_TEST(test_sequences)
{
    char line[300];

    for (int i = 0; i < LINES && sequences[_i].lines[i] != NULL; i++) {
        size_t len;
        snprintf(line, sizeof(line), "sender %s", sequences[_i].lines[i]);
        len = strlen(line) - 1;
        if (line[len] == '!') {
            line[len] = '\0';
            expect(line, "", NO_TARGET);
        } else {
            expect(line, "", "");
        }
    }
    expect_blocks(sequences[_i].lines[0], sequences[_i].blocks);
}
END_TEST

/* ---- limits ---- */

#define LABEL_49 "a234567890123456789012345678901234567890123456789"
#define LABELS_249 LABEL_49 "." LABEL_49 "." LABEL_49 "." LABEL_49 "." LABEL_49

/* Fills a list, from 0 on, and tries one more. */
static void fill(const char *before, const char *behind, const char *one_more)
{
    char line[300];

    for (unsigned i = 0; i < SENDER_ENTRIES_MAX; i++) {
        snprintf(line, sizeof(line), "%s%u%s", before, i, behind);
        expect(line, "", "");
    }
    expect(one_more, "", FULL);
}

START_TEST(test_full_access)
{
    fill("sender http allow 10.0.", ".0/24", "sender http deny 10.0.0.0/23");
    expect("sender http deny 10.0.255.9/24", "", "");
    expect("sender http deny 10.0.0.0/24", "", "");
    expect("sender http allow 1.2.3.4", "", FULL);
    expect("sender dccp allow 1.2.3.4", "", "");
}
END_TEST

START_TEST(test_full_targets)
{
    fill("sender udp add h:", "1", "sender udp add h");
    expect("sender udp add H:2551/1:2:3", "", "");
    expect("sender udp add h:2", "", FULL);
    expect("sender udp delete h:11", "", "");
    expect("sender udp add h", "", "");
    expect("sender udp add h:11", "", FULL);
    expect("sender dccp add h", "", "");
    for (unsigned i = 1; i < SENDER_ENTRIES_MAX; i++) {
        char line[64];
        snprintf(line, sizeof(line), "sender udp delete h:%u1", i == 1 ? 0 : i);
        expect(line, "", "");
    }
    expect_blocks("emptied", HTTP_NEW DCCP("off", "none", "h") UDP("off", "h"));
}
END_TEST

/* The longest block there is. */
START_TEST(test_longest_targets)
{
    static char blocks[SENDER_ENTRIES_MAX * 300];
    size_t len =
        (size_t)snprintf(blocks, sizeof(blocks), "%s", HTTP_NEW DCCP_NEW "udp sender:\n\tstatus: off\n\ttargets:");

    fill("sender udp add " LABELS_249 ".", ":65535/65535:255:255", "sender udp add h");
    for (unsigned i = 0; i < SENDER_ENTRIES_MAX; i++)
        len += (size_t)snprintf(blocks + len, sizeof(blocks) - len, "%s" LABELS_249 ".%u:65535/65535:255:255",
                                i == 0 ? " " : ", ", i);
    snprintf(blocks + len, sizeof(blocks) - len, "\n");
    expect_blocks("longest", blocks);
}
END_TEST

/* ---- other tables ---- */

START_TEST(test_own_table)
{
    static const sw_sender own[] = { { "file", SW_SENDER_HAS_TARGETS }, { "null", 0 } };
    static const sw_sender_table table = { own, COUNT(own) };

    senders_free(&set);
    start(&table);
    expect("sender", "file\nnull\n", "");
    expect("sender file help", HELP_FILE, "");
    expect("sender null help", HELP_NULL, "");
    expect("sender http on", "", SYNTAX);
    expect("sender file add h/1:2:3", HELP_FILE, "");
    expect("sender file add h:1", "", "");
    expect("sender null on", "", "");
    expect("sender null add h", "", UNSUPPORTED);
    expect_blocks("own",
                  "file sender:\n\tstatus: off\n\ttargets: h:1\n"
                  "null sender:\n\tstatus: on\n");
}
END_TEST

START_TEST(test_empty_table)
{
    static const sw_sender_table empty = { NULL, 0 };

    senders_free(&set);
    start(&empty);
    expect("sender", "", "");
    expect("sender http on", "", SYNTAX);
    expect_blocks("empty", "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("senders");
    TCase *commands = suite_case(suite, "commands");
    TCase *limits = suite_case(suite, "limits");
    TCase *tables = suite_case(suite, "other tables");

    tcase_add_checked_fixture(commands, setup, teardown);
    tcase_add_loop_test(commands, test_answers, 0, COUNT(answers));
    tcase_add_loop_test(commands, test_sequences, 0, COUNT(sequences));
    tcase_add_checked_fixture(limits, setup, teardown);
    tcase_add_test(limits, test_full_access);
    tcase_add_test(limits, test_full_targets);
    tcase_add_test(limits, test_longest_targets);
    tcase_add_checked_fixture(tables, setup, teardown);
    tcase_add_test(tables, test_own_table);
    tcase_add_test(tables, test_empty_table);
    return run_suite(suite);
}
