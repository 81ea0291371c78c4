/* SPDX-License-Identifier: ISC */
/* Crowds: whoever opens many connections keeps places from others in no way. */
#include "hostile.h"
#include "scratch.h"
#include "suite.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CROWD = 1000, PROBES = 20 };

static int crowd[CROWD];

static void leave(void)
{
    for (int i = 0; i < CROWD; i++) {
        if (crowd[i] > 0)
            close(crowd[i]);
        crowd[i] = 0;
    }
}

static void expect_served(const server *s, const char *address)
{
    double worst = 0;

    for (int i = 0; i < PROBES; i++) {
        double took = hostile_probe(address, s->port);
        ck_assert_msg(took >= 0, "probe %d of %d was refused", i + 1, PROBES);
        worst = took > worst ? took : worst;
    }
    hostile_figure("beside %d idle connections %d of %d probes are served, the slowest in %.1f ms", CROWD, PROBES,
                   PROBES, worst);
    ck_assert(worst < 1000);
}

START_TEST(one_address)
{
    server s = server_start_local("--log-level error --handshake-timeout 3600");

    hostile_raise_descriptors();
    for (int i = 0; i < CROWD; i++)
        crowd[i] = dial_from("127.0.0.1", s.port);
    expect_served(&s, "127.0.0.2");
    leave();
    hostile_stop(&s);
}
END_TEST

/* Each has less than the limit of a source: the oldest go. */
START_TEST(many_addresses)
{
    server s = server_start_local("--log-level error --handshake-timeout 3600");

    hostile_raise_descriptors();
    for (int i = 0; i < CROWD; i++)
        crowd[i] = dial_from(scratch_format("127.1.%d.%d", i / 250, 1 + i % 250), s.port);
    expect_served(&s, "127.0.0.2");
    leave();
    hostile_stop(&s);
}
END_TEST

/* The same while they come all the time. */
START_TEST(many_addresses_at_once)
{
    server s = server_start_local("--log-level error --handshake-timeout 3600");
    int at = 0;

    hostile_raise_descriptors();
    for (int round = 0; round < PROBES; round++) {
        for (int i = 0; i < 50; i++, at = (at + 1) % CROWD) {
            if (crowd[at] > 0)
                close(crowd[at]);
            crowd[at] = dial_from(scratch_format("127.2.%d.%d", at / 250, 1 + at % 250), s.port);
        }
        ck_assert(hostile_probe("127.0.0.2", s.port) >= 0);
    }
    leave();
    hostile_stop(&s);
}
END_TEST

/* ---- who is refused is told ---- */

/* Reads to an end that must be an orderly one. */
static const char *read_text(int fd)
{
    char *text = scratch_allocate(256);
    size_t len = 0;
    ssize_t n;

    while ((n = read(fd, text + len, 255 - len)) > 0)
        len += (size_t)n;
    ck_assert_msg(n == 0, "read: %s", strerror(errno));
    text[len] = '\0';
    return text;
}

/* Also who talks at once, which used to make TCP throw the text away. */
START_TEST(refused_is_told)
{
    enum { HELD = 2, REFUSED = 40 };
    static const char request[] = "auth rsa alice sideband,aes_ctr128,sha256\n";
    server s = server_start_local("--max-per-source 2 --handshake-timeout 3600");
    int refused[REFUSED];
    char greeting[8];

    for (int i = 0; i < HELD; i++) {
        crowd[i] = dial(s.port);
        receive_exactly(crowd[i], greeting, sizeof(greeting));
    }
    for (int i = 0; i < REFUSED; i++) {
        refused[i] = dial(s.port);
        send_text(refused[i], request);
        if (i % 2 == 0)
            sleep_ms(10); /* so that the request is there before it is read */
        expect_match("refusal", read_text(refused[i]), "server is full: too many connections, try again later\n");
    }
    for (int i = 0; i < REFUSED; i++)
        close(refused[i]);
    client_expect(&s, "", "version", 3, "", "*server is full: too many connections, try again later*");
    leave();
    hostile_stop(&s);
}
END_TEST

/* ---- users ---- */

/* Whether `stat` was refused. */
static int watch(const server *s, const char *user, peer **p)
{
    sw_event event;
    int type;

    *p = peer_client(dial(s->port), user, scratch_format("keys/%s", user));
    peer_log_in(*p);
    peer_command(*p, "stat");
    do
        type = peer_next(*p, &event);
    while (type == SW_EVENT_DATA && event.chunk.band != SW_BAND_OUTPUT && event.chunk.band != SW_BAND_ERROR_LOG);
    ck_assert_int_eq(type, SW_EVENT_DATA);
    return event.chunk.band == SW_BAND_ERROR_LOG;
}

/* One user has so many places, is told when there are no more, and keeps none from others. */
START_TEST(one_user)
{
    enum { ALLOWED = 32, MORE = 8 };
    server s = server_start_local("");
    peer *peers[ALLOWED + MORE];
    int refused = 0;

    for (int i = 0; i < ALLOWED + MORE; i++)
        refused += watch(&s, "alice", &peers[i]);
    ck_assert_int_eq(refused, MORE);
    client_expect(&s, "", "version", 1, "",
                  "remote: server is full: too many connections of this "
                  "user, try again later\n");
    client_expect(&s, "-u bob -k keys/bob", "version", 0, NULL, "");
    for (int i = 0; i < ALLOWED + MORE; i++)
        peer_close(peers[i]);
    process_await_err(s.process, ": closed\n");
    hostile_await_count(s.process, "fd", 16);
    client_expect(&s, "", "version", 0, NULL, "");
    hostile_stop(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hostile crowd");

    tcase_add_test(e2e_case(suite, "one address"), one_address);
    tcase_add_test(e2e_case(suite, "many addresses"), many_addresses);
    tcase_add_test(e2e_case(suite, "at once"), many_addresses_at_once);
    tcase_add_test(e2e_case(suite, "told"), refused_is_told);
    tcase_add_test(e2e_case(suite, "one user"), one_user);
    return e2e_main(suite);
}
