/* SPDX-License-Identifier: ISC */
/* Addresses and hosts of `sender`: what is none, and the same verdict as the system's parser. */
#include <sidewire/audio/sender.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "argument_support.h"

/* `sender NAME SUBCOMMAND TEXT`; the text may have blanks. */
static int parse(const char *name, const char *subcommand, const char *text, sw_sender_arguments *out,
                 sw_error *error)
{
    size_t len = strlen(text);
    char *copy = (char *)exact_copy(text, len);
    sw_argument argv[4] = {
        { "sender", 6 }, { name, strlen(name) }, { subcommand, strlen(subcommand) }, { NULL, 0 }
    };
    int result;

    argv[3].data = copy;
    argv[3].len = len;
    memset(out, 0x5a, sizeof(*out));
    result = sw_sender_parse(&sw_senders, argv, 4, out, error);
    free(copy);
    return result;
}

/* Is host, between the other two, a target? */
static int takes(const char *before, const char *host, const char *after)
{
    sw_sender_arguments out;
    char text[300];

    snprintf(text, sizeof(text), "%s%s%s", before, host, after);
    return parse("udp", "add", text, &out, NULL) == SW_OK;
}

/* Not addresses of `allow`. */
static const char *const bad_addresses[] = {
    "",           ".",        "...",      "/",         "/8",        "x",         "localhost",
    "::1",        "[::1]",    "1",        "1.2",       "1.2.3",     "1.2.3.",    "1.2.3.4.",
    "1.2.3.4.5",  ".1.2.3.4", "1..3.4",   "256.2.3.4", "1.2.3.256", "1.2.3.999", "1.2.3.1000",
    "01.2.3.4",   "1.2.3.04", "1.2.3.00", "+1.2.3.4",  "1.-2.3.4",  "1.2.3.4x",  "0x1.2.3.4",
    "1.2.3.4:80", "1,2,3,4",  "1.2.3/8",  "1.2.3./8",  "\t1.2.3.4", "1.2.3.4\n",
};

START_TEST(test_bad_addresses)
{
    const char *text = bad_addresses[_i];
    sw_sender_arguments out;
    sw_error error = { 1, 2, 3 };

    ck_assert_int_eq(parse("http", "deny", text, &out, &error), SW_E_ARGUMENT_ADDRESS);
    check_error(text, error, SW_E_ARGUMENT_ADDRESS, 3, 0);
    ck_assert_ptr_eq(out.sender, &sw_senders.senders[0]);
    ck_assert_int_eq(out.subcommand, SW_SENDER_LIST);
}
END_TEST

/* Hosts that no target has. */
#define LABEL_63 "a23456789012345678901234567890123456789012345678901234567890123"
#define HOST_253                                                                                                  \
    LABEL_63 "." LABEL_63 "." LABEL_63                                                                            \
             "."                                                                                                  \
             "a234567890123456789012345678901234567890123456789012345678901"

/* clang-format off */
static const char *const bad_hosts[] = {
    "", ":", ":80", "/", "/1:2:3", "[", "[]", "[]:80", "[:80", "]", "[::1", "[::1:80", "::1",
    "2001:db8::1", "1::2/1:2:3", "a::80",
    "::1]", "[[::1]]", "[::1]]", "[::1]80", "[::1].", "x[::1]",
    "[localhost]", "[10.0.0.1]", "[10.0.0.1:80]", "[::1%]", "[::1%a%b]", "[::1%-x]", "[%eth0]",
    "[::1%e h]", "[:::]", "[::1::]", ".", ".a", "..", "a..b", "a..", "-", "-n", "a.-b", "a b",
    "a\tb", "a@b", "a+b", "a%b", "a\x80", "a\xff", "\xc3\xa4", "a\n", "a[", "a]", "1", "1.2.3",
    "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4.", "300.1.1.1:80",
    HOST_253 "a", HOST_253 "a:80", HOST_253 ".",
};
/* clang-format on */

START_TEST(test_bad_hosts)
{
    const char *text = bad_hosts[_i];
    sw_sender_arguments out;
    sw_error error = { 1, 2, 3 };
    int result = parse("udp", "add", text, &out, &error);

    ck_assert_msg(result == SW_E_ARGUMENT_TARGET, "'%s': %d", text, result);
    check_error(text, error, SW_E_ARGUMENT_TARGET, 3, 0);
    ck_assert_ptr_nonnull(out.sender);
    ck_assert_int_eq(out.subcommand, SW_SENDER_LIST);
}
END_TEST

/* ---- addresses against the system's parser ---- */

static const char *const words6[] = {
    "::", ":", "1", "f", "0", "ABcd", "00001", "g", "1.2.3.4", "1.2.3", "01.2.3.4", "1:2:3:4", ".", "ffff:", ":2",
};

/* Every concatenation of up to four of the words. */
START_TEST(test_ipv6_as_the_system_does)
{
    enum { WORDS = sizeof(words6) / sizeof(words6[0]), LONGEST = 4 };
    unsigned good = 0;
    unsigned char address[16];

    for (unsigned len = 1, count = WORDS; len <= LONGEST; len++, count *= WORDS) {
        for (unsigned n = 0; n < count; n++) {
            char host[LONGEST * 8 + 1] = "";
            int expected;
            for (unsigned i = 0, rest = n; i < len; i++, rest /= WORDS)
                strcat(host, words6[rest % WORDS]);
            expected = inet_pton(AF_INET6, host, address) == 1;
            ck_assert_msg(takes("[", host, "]") == expected, "%s", host);
            good += (unsigned)expected;
        }
    }
    ck_assert_uint_gt(good, 200);
}
END_TEST

/* Every text of up to nine bytes of these. */
START_TEST(test_ipv4_as_the_system_does)
{
    static const char bytes[] = "02.";
    enum { KINDS = sizeof(bytes) - 1, LONGEST = 9 };
    unsigned good = 0;

    for (unsigned len = 1, count = KINDS; len <= LONGEST; len++, count *= KINDS) {
        for (unsigned n = 0; n < count; n++) {
            char text[LONGEST + 1] = "";
            unsigned char address[4];
            sw_sender_arguments out;
            int expected, result;
            for (unsigned i = 0, rest = n; i < len; i++, rest /= KINDS)
                text[i] = bytes[rest % KINDS];
            expected = inet_pton(AF_INET, text, address) == 1;
            result = parse("http", "allow", text, &out, NULL);
            ck_assert_msg(result == (expected ? SW_OK : SW_E_ARGUMENT_ADDRESS), "%s", text);
            ck_assert_msg(takes("", text, "") == expected, "%s", text);
            if (expected)
                ck_assert_mem_eq(out.network.address, address, sizeof(address));
            good += (unsigned)expected;
        }
    }
    ck_assert_uint_gt(good, 200);
}
END_TEST

/* Seven groups, eight and nine, with and without gap, and long ones. */
START_TEST(test_ipv6_lengths)
{
    /* clang-format off */
    static const char *const hosts[] = {
        "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:",
        "1:2:3:4:5:6:7::",
        "::2:3:4:5:6:7:8", "::1:2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8", "1:2:3::5:6:7:8",
        "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:1.2.3.4", "::3:4:5:6:7:1.2.3.4",
        "1:2:3:4:5::1.2.3.4", "1:2:3:4:5:6::1.2.3.4", "1:1.2.3.4:5:6:7:8:9", "::1.2.3.4:5",
        "::1.2.3.4.", "::1.2.3.4x", "1111:2222:3333:4444:5555:6666:7777:8888",
        "1111:2222:3333:4444:5555:6666:123.123.123.123", "1111:2222:3333:4444:5555:6666:7777:88888",
    };
    /* clang-format on */
    unsigned good = 0;
    unsigned char address[16];

    for (int i = 0; i < COUNT(hosts); i++) {
        int expected = inet_pton(AF_INET6, hosts[i], address) == 1;
        ck_assert_msg(takes("[", hosts[i], "]") == expected, "%s", hosts[i]);
        ck_assert_msg(takes("[", hosts[i], "%if]") == expected, "%s", hosts[i]);
        ck_assert_msg(!takes("", hosts[i], ""), "%s", hosts[i]);
        good += (unsigned)expected;
    }
    ck_assert_uint_gt(good, 7);
}
END_TEST

/* Every byte in a name: behind a letter, and as the first. */
START_TEST(test_name_bytes)
{
    for (int byte = 1; byte < 256; byte++) {
        int word = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
                   byte == '_';
        char inner[] = "a?b", first[] = "?b";
        inner[1] = (char)byte;
        first[0] = (char)byte;
        /* `:` and `/` end the host, and a `b` is no number */
        ck_assert_msg(takes("", inner, "") == (word || byte == '-' || byte == '.'), "%d", byte);
        ck_assert_msg(takes("", first, "") == word, "%d", byte);
        ck_assert_msg(takes("[::1%", first, "]") == word, "%d", byte);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("arguments_sender_hosts");
    TCase *bad = suite_case(suite, "bad");
    TCase *system = suite_case(suite, "as the system does");

    tcase_add_loop_test(bad, test_bad_addresses, 0, COUNT(bad_addresses));
    tcase_add_loop_test(bad, test_bad_hosts, 0, COUNT(bad_hosts));
    tcase_add_test(bad, test_name_bytes);
    tcase_add_test(system, test_ipv4_as_the_system_does);
    tcase_add_test(system, test_ipv6_as_the_system_does);
    tcase_add_test(system, test_ipv6_lengths);
    return run_suite(suite);
}
