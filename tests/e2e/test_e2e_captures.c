/* SPDX-License-Identifier: ISC */
/* Captures of the same session, each as another network, system or attacker has left it. The key is
 * kept as hex of PKCS #1. */
#include "process.h"
#include "scratch.h"
#include "suite.h"
#include "support.h"
#include "tools.h"

#include <string.h>

static const struct {
    const char *name;
    int status;
} captures[] = {
    { "00-plain.pcap", 0 },
    { "01-pppoe.pcap", 0 },
    { "05-vxlan.pcap", 0 },
    { "07-mpls2.pcap", 0 },
    { "32-rst-out-of-window-injected-.pcap", 1 },
    { "34-fin-out-of-window-injected-.pcap", 1 },
    { "60-ipv4-fragments-of-session.pcap", 0 },
    { "80-starts-at-data-segment-02.pcap", 0 },
    { "a1-mixed-snaplen-same-link.pcapng", 0 },
    { "a5-second-section-other-endian.pcapng", 0 },
    { "c3-no-syns-request-before-greeting.pcap", 0 },
    { "c7-rst-of-client-captured-before-last-data.pcap", 0 },
    { "d4-pktap.pcap", 0 },
};

static const char *place_of(const char *name)
{
    return scratch_format("%s", source_path(scratch_format("tests/e2e/captures/%s", name)));
}

static void make_key(void)
{
    char *hex = scratch_read(place_of("key.der.hex"), NULL);
    command_line line = { .argc = 0 };
    bytes der;

    hex[strcspn(hex, "\n")] = '\0';
    der = bytes_from_hex(hex);
    scratch_write("key.der", der.data, der.len);
    bytes_free(&der);
    command_add_words(&line, "openssl rsa -inform DER -in key.der -out key");
    process_expect(process_start(&line, NULL), "openssl", 0, NULL, NULL);
}

START_TEST(same_session)
{
    process *p;

    make_key();
    p = tool_start(TOOL_DUMP, scratch_format("-k key --follow %s", place_of(captures[_i].name)));
    process_expect(p, captures[_i].name, captures[_i].status, NULL, NULL);
    ck_assert_str_eq(process_out(p), scratch_read(place_of("expected-output"), NULL));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("captures of others");
    TCase *tcase = e2e_case(suite, "same");

    tcase_add_loop_test(tcase, same_session, 0, COUNT(captures));
    return e2e_main(suite);
}
