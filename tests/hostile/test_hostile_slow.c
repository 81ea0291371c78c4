/* SPDX-License-Identifier: ISC */
/* Peers that take their time: each is given some, and then its place goes to others. */
#include "hostile.h"
#include "scratch.h"
#include "suite.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Has the server closed it? What it said before is passed over. */
static int is_closed(int fd)
{
    char text[4096];
    ssize_t n;

    do
        n = recv(fd, text, sizeof(text), MSG_DONTWAIT);
    while (n > 0);
    return n == 0 || poll(&(struct pollfd){ .fd = fd }, 1, 0) > 0;
}

/* A byte now and then does not keep the place: the time is for all of the handshake. */
START_TEST(slow_handshake)
{
    enum { SLOW = 12 };
    static const char request[] = "auth rsa alice sideband,aes_ctr128,sha256";
    server s = server_start_local("--handshake-timeout 2");
    long start = clock_ms();
    int fds[SLOW];
    size_t sent = 0;
    int closed = 0;

    for (int i = 0; i < SLOW; i++)
        fds[i] = dial(s.port);
    while (closed < SLOW) {
        ck_assert_int_lt(clock_ms() - start, 20000);
        closed = 0;
        for (int i = 0; i < SLOW; i++) {
            send(fds[i], request + sent, 1, MSG_NOSIGNAL);
            closed += is_closed(fds[i]);
        }
        sent = (sent + 1) % strlen(request);
        ck_assert(hostile_probe("127.0.0.2", s.port) >= 0);
        sleep_ms(100);
    }
    for (int i = 0; i < SLOW; i++)
        close(fds[i]);
    process_await_err(s.process, ": ");
    hostile_stop(&s);
}
END_TEST

/* Who reads nothing of a long reply is given up, and has kept nobody waiting. */
START_TEST(slow_reader)
{
    enum { READERS = 8, SIZE = 4 << 20 };
    server s = server_start_local("--write-timeout 2 --max-per-source 0");
    command_line line = client_line(s.port, "addimg cover");
    process_setup setup = { .input = "blob" };
    peer *peers[READERS];

    scratch_write("blob", memset(scratch_allocate(SIZE), 'x', SIZE), SIZE);
    process_expect(process_start(&line, &setup), "addimg", 0, "", "");
    for (int i = 0; i < READERS; i++)
        peers[i] = hostile_command(dial_small("127.0.0.1", s.port), "catimg cover", 0);
    for (int i = 0; i < 10; i++)
        ck_assert(hostile_probe("127.0.0.2", s.port) >= 0);
    process_await_err(s.process, "took no output for 2 s\n");
    hostile_await_count(s.process, "fd", 20);
    for (int i = 0; i < READERS; i++)
        peer_close(peers[i]);
    hostile_stop(&s);
}
END_TEST

static const struct {
    const char *options, *log;
} uploads[] = {
    { "--upload-time 2", "upload not done within 2 s\n" },
    { "--upload-rate 100000", "upload slower than 100000 bytes a second\n" },
};

/* One byte now and then is no upload. */
START_TEST(slow_upload)
{
    server s = server_start_local(uploads[_i].options);
    peer *p = hostile_command(dial(s.port), "addimg slow", 1);
    long end = clock_ms() + 30000;
    sw_event event;

    peer_expect(p, SW_EVENT_AWAITING_DATA, &event);
    while (clock_ms() < end && strstr(process_err(s.process), "upload ") == NULL) {
        static const char zero[1];
        const uint8_t *bytes;
        size_t taken, len;

        sw_session_send(peer_session(p), SW_BAND_BLOB_DATA, zero, 1, &taken);
        bytes = sw_session_tx_bytes(peer_session(p), &len);
        if (bytes == NULL || send(peer_socket(p), bytes, len, MSG_NOSIGNAL) < 0)
            break;
        sw_session_tx_drain(peer_session(p), len);
        sleep_ms(100);
    }
    process_await_err(s.process, uploads[_i].log);
    peer_close(p);
    hostile_stop(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hostile slow");

    tcase_add_test(e2e_case(suite, "handshake"), slow_handshake);
    tcase_add_test(e2e_case(suite, "reader"), slow_reader);
    tcase_add_loop_test(e2e_case(suite, "upload"), slow_upload, 0, COUNT(uploads));
    return e2e_main(suite);
}
