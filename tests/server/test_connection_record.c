/* SPDX-License-Identifier: ISC */
/* What the server records of connections that end in one way or another, packet by packet. */
#include "serving_scenes.h"

#include "capture_reader.h"
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "user_keys.h"

#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *const words[] = { "--record", "record.pcapng", NULL };

static const char *describe(const captured_packet *p, const char *server_port)
{
    static const struct {
        unsigned flag;
        char letter;
    } letters[] = { { TH_SYN, 'S' }, { TH_FIN, 'F' }, { TH_RST, 'R' }, { TH_PUSH, 'P' }, { TH_ACK, 'A' } };
    char flags[COUNT(letters) + 1] = "";
    size_t n = 0;

    for (int i = 0; i < COUNT(letters); i++)
        if (p->flags & letters[i].flag)
            flags[n++] = letters[i].letter;
    return scratch_format("%c%s%s ", strcmp(scratch_format("%u", p->from.port), server_port) == 0 ? '<' : '>',
                          flags, p->len > 0 ? scratch_format("+%zu", p->len) : "");
}

/* All packets behind those that open it. */
static const char *recorded(const char *server_port)
{
    size_t count;
    const captured_packet *packets = capture_read("record.pcapng", &count);
    const char *all = "";

    for (size_t i = 0; i < count; i++)
        all = scratch_format("%s%s", all, describe(&packets[i], server_port));
    ck_assert_int_eq(strncmp(all, ">S <SA >A ", 10), 0);
    return all + 10;
}

/* All behind the greeting. */
typedef enum ending { BY_TIME, AT_ONCE, CLOSES, RESETS, BREAKS_RULES, GOES_ON } ending;

static const struct {
    ending way;
    const char *packets;
} ways[] = {
    { BY_TIME, "<FA >A >FA <A " },
    { AT_ONCE, "<FA >A >FA <A " },
    { CLOSES, ">FA <A <FA >A " },
    { RESETS, ">RA " },
    { BREAKS_RULES, ">PA+18 <A <FA >A >FA <A " },
    { GOES_ON, ">PA+18 <A <FA >A >PA+5 <A >FA <A " },
};

START_TEST(ends_of_connections)
{
    ending way = ways[_i].way;
    char greeting[256];
    const char *port;
    visitor *v;
    ssize_t len;

    serving_start(words);
    port = serving_port();
    v = visitor_come_bare();
    serving_turns(3);
    len = read(v->fd, greeting, sizeof(greeting));
    ck_assert_int_gt(len, 0);
    switch (way) {
    case BY_TIME: serving_expire(v->there); break;
    case AT_ONCE: connection_end(v->there); break;
    case CLOSES: visitor_go(v); break;
    case RESETS:
        close_hard(v->fd);
        v->fd = -1;
        break;
    default:
        send_text(v->fd, "GET / HTTP/1.1\r\n\r\n");
        while (v->there->phase < PHASE_LINGER)
            serving_turn();
        if (way == GOES_ON) {
            send_text(v->fd, "Host:");
            while (v->there->discarded == 0)
                serving_turn();
            ck_assert_uint_eq(v->there->discarded, 5);
        }
        shutdown(v->fd, SHUT_WR);
    }
    serving_until_empty();
    ck_assert_ptr_null(strstr(serving_said(), "error: "));
    ck_assert_str_eq(recorded(port), scratch_format("<PA+%zd >A %s", len, ways[_i].packets));
}
END_TEST

/* What was sent and received is there, and both ends are. */
START_TEST(a_whole_session)
{
    size_t count, sent = 0, received = 0;
    const captured_packet *packets;
    const char *port, *all;
    visitor *v;

    serving_start(words);
    port = serving_port();
    v = visitor_alice();
    ck_assert_int_eq(visitor_run(v, words_version), 0);
    visitor_await(v, SW_EVENT_CLOSED);
    visitor_go(v);
    serving_until_empty();
    packets = capture_read("record.pcapng", &count);
    for (size_t i = 0; i < count; i++)
        *(strcmp(scratch_format("%u", packets[i].from.port), port) == 0 ? &sent : &received) += packets[i].len;
    ck_assert_uint_gt(sent, v->output_len);
    ck_assert_uint_gt(received, 0);
    all = recorded(port);
    ck_assert_str_eq(all + strlen(all) - 14, "<FA >A >FA <A ");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("connection record");
    TCase *tcase = suite_case(suite, "connection record");

    tcase_add_unchecked_fixture(tcase, make_user_keys, NULL);
    tcase_add_checked_fixture(tcase, serving_enter, serving_leave);
    tcase_add_loop_test(tcase, ends_of_connections, 0, COUNT(ways));
    tcase_add_test(tcase, a_whole_session);
    return serving_main(suite);
}
