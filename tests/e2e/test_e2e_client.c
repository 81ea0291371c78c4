/* SPDX-License-Identifier: ISC */
/* The client and servers that fail, vanish, fall silent or misbehave, each played by the test. */
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char greeting[] = "This is para_server, version 0.1.\nFeatures: sideband,aes_ctr128,sha256\n";

/* Starts a client of a server that the test is about to play. */
static process *start_client(const char *port, const char *options, const char *command)
{
    command_line line = client_line(port, scratch_format("%s %s", options, command));

    return process_start(&line, NULL);
}

/* ---- how far a server goes before it is gone ---- */

static void stop_at_once(int fd)
{
    (void)fd;
}

static void stop_in_first_line(int fd)
{
    send_text(fd, "This is par");
}

static void stop_behind_first_line(int fd)
{
    send_text(fd, "This is para_server, version 0.1.\n");
}

static void stop_in_features(int fd)
{
    send_text(fd, "This is para_server, version 0.1.\nFeatures: side");
}

static void stop_behind_greeting(int fd)
{
    char request[sizeof("auth rsa alice sideband,aes_ctr128,sha256") - 1];

    send_text(fd, greeting);
    receive_exactly(fd, request, sizeof(request));
    ck_assert_int_eq(memcmp(request, "auth rsa alice sideband,aes_ctr128,sha256", sizeof(request)), 0);
}

static void stop_in_challenge(int fd)
{
    static const uint8_t half[SW_HEADER_SIZE + 10] = { 0, 1, 0, 0, SW_BAND_CHALLENGE };

    stop_behind_greeting(fd);
    send_all(fd, half, sizeof(half));
}

/* Logs the client in, with the PROCEED packet still to be sent. */
static peer *take_response(int fd)
{
    peer *p = peer_server(fd, "keys/alice.pub");
    sw_event event;

    peer_expect(p, SW_EVENT_READY, &event);
    return p;
}

static peer *take_command(int fd, sw_event *event)
{
    peer *p = take_response(fd);

    peer_expect(p, SW_EVENT_COMMAND, event);
    return p;
}

static void stop_behind_response(int fd)
{
    peer_forget(take_response(fd));
}

static void stop_behind_command(int fd)
{
    sw_event event;

    peer_forget(take_command(fd, &event));
}

static void stop_behind_output(int fd)
{
    sw_event event;
    peer *p = take_command(fd, &event);

    peer_queue(p, SW_BAND_OUTPUT, "all that there is\n");
    peer_flush(p);
    peer_forget(p);
}

static void stop_in_output(int fd)
{
    sw_event event;
    peer *p = take_command(fd, &event);
    size_t len;

    peer_queue(p, SW_BAND_OUTPUT, "half of it\nnot this\n");
    send_all(fd, sw_session_tx_bytes(peer_session(p), &len), SW_HEADER_SIZE + sizeof("half of it\n") - 1);
    peer_forget(p);
}

static void stop_in_log_line(int fd)
{
    sw_event event;
    peer *p = take_command(fd, &event);

    peer_queue(p, SW_BAND_WARNING_LOG, "half a line");
    peer_flush(p);
    peer_forget(p);
}

#define FAILED(text) "sidewire-client: 127.0.0.1:*: " text "\n"

#define CLOSED_AFTER(said) FAILED("connection closed during the handshake, after the server said '" said "'")

/* err: when it closes, and when it goes on but says nothing, with --timeout 1. */
static const struct {
    const char *name;
    void (*serve)(int fd);
    const char *out, *err, *err_silent;
} stops[] = {
    { "at once", stop_at_once, "", FAILED("connection closed during the handshake"),
      FAILED("no greeting came in time; see --timeout") },
    { "in the first line", stop_in_first_line, "", CLOSED_AFTER("This is par"),
      FAILED("no complete greeting came in time; see --timeout") },
    { "behind it", stop_behind_first_line, "", CLOSED_AFTER("This is para_server, version 0.1."),
      FAILED("no complete greeting came in time, only its first line, 'This is *'; see --allow-legacy if *") },
    { "in the features", stop_in_features, "", CLOSED_AFTER("This is para_server, version 0.1."),
      FAILED("no complete greeting came in time; see --timeout") },
    { "behind the greeting", stop_behind_greeting, "", FAILED("connection closed during the handshake"),
      FAILED("handshake not completed in time; see --timeout") },
    { "in the challenge", stop_in_challenge, "",
      FAILED("connection closed in the middle of a packet: 15 of 261 bytes came"),
      FAILED("handshake not completed in time; see --timeout") },
    { "behind the response", stop_behind_response, "",
      FAILED("authentication refused: the server closed the connection"),
      FAILED("handshake not completed in time; see --timeout") },
    /* once authenticated the client is patient */
    { "behind the command", stop_behind_command, "", FAILED("connection closed without an exit packet"), NULL },
    { "behind output", stop_behind_output, "all that there is\n",
      FAILED("connection closed without an exit packet"), NULL },
    { "in output", stop_in_output, "half of it\n",
      FAILED("connection closed in the middle of a packet: 16 of 25 bytes came"), NULL },
    { "in a log line", stop_in_log_line, "",
      "remote: half a line\n" FAILED("connection closed without an exit packet"), NULL },
};

START_TEST(server_vanishes)
{
    const char *port;
    int listener = listen_anywhere(&port);
    process *p = start_client(port, "", "stat");
    int fd = accept_one(listener);

    stops[_i].serve(fd);
    close(fd);
    process_expect(p, stops[_i].name, 3, stops[_i].out, stops[_i].err);
    close(listener);
}
END_TEST

/* By a reset, which may overtake what was sent before: so there is more than one right message. */
START_TEST(server_breaks_off)
{
    const char *port;
    int listener = listen_anywhere(&port);
    process *p = start_client(port, "", "stat");
    int fd = accept_one(listener);

    stops[_i].serve(fd);
    close_hard(fd);
    process_expect(p, stops[_i].name, 3, NULL, "*sidewire-client: 127.0.0.1:*: *\n");
    close(listener);
}
END_TEST

START_TEST(server_falls_silent)
{
    const char *port;
    int listener = listen_anywhere(&port);
    long start = clock_ms();
    process *p = start_client(port, "--timeout 1", "stat");
    int fd = accept_one(listener);

    stops[_i].serve(fd);
    if (stops[_i].err_silent == NULL) {
        process_await_out(p, stops[_i].out);
        sleep_ms(1200 - (clock_ms() - start) > 0 ? 1200 - (clock_ms() - start) : 0);
        ck_assert_int_eq(process_has_ended(p), 0);
        close(fd);
        process_expect(p, stops[_i].name, 3, stops[_i].out, stops[_i].err);
    } else {
        process_expect(p, stops[_i].name, 3, stops[_i].out, stops[_i].err_silent);
        ck_assert_int_ge(clock_ms() - start, 950);
        close(fd);
    }
    close(listener);
}
END_TEST

START_TEST(nobody_listens)
{
    process_expect(start_client(free_port(), "", "si"), "refused", 3, "", FAILED("Connection refused"));
}
END_TEST

/* ---- servers of another kind ---- */

static const struct {
    const char *text;
    size_t repeat; /* so often */
    const char *err;
} strangers[] = {
    { "HTTP/1.1 400 Bad Request\r\n\r\n", 1, "this is a web server, no audio server: it says *" },
    { "Features: sideband,aes_ctr128,sha256\n", 100, "*packet *" },
    { "Features: sideband,\n", 1, "peer offers no cipher but RC4, *; see --allow-rc4" },
    { "Features: nothing,of,this\n", 1, "peer speaks legacy mode only, *; see --allow-legacy" },
    { "x", 5000, "greeting too long: *" },
    { "\n", 5000, "greeting too long: *" },
};

START_TEST(no_such_server)
{
    const char *port;
    int listener = listen_anywhere(&port);
    process *p = start_client(port, "", "si");
    size_t len = strlen(strangers[_i].text);
    char *bytes = scratch_allocate(len * strangers[_i].repeat);
    int fd = accept_one(listener);

    for (size_t i = 0; i < strangers[_i].repeat; i++)
        memcpy(bytes + i * len, strangers[_i].text, len);
    send_all(fd, bytes, len * strangers[_i].repeat);
    shutdown_sending(fd);
    process_expect(p, strangers[_i].text, 3, "",
                   scratch_format("sidewire-client: 127.0.0.1:*: %s\n", strangers[_i].err));
    close(fd);
    close(listener);
}
END_TEST

/* ---- what only another server would do ---- */

static const struct {
    uint8_t band;
    const char *text;
    const char *out, *err;
} packets[] = {
    { SW_BAND_OUTPUT, "bytes \033\x80 as they are", "bytes \033\x80 as they are", "" },
    { SW_BAND_OUTPUT, "", "", "" },
    { SW_BAND_DEBUG_LOG, "two\nlines\n", "", "remote: two\nremote: lines\n" },
    { SW_BAND_EMERG_LOG, "\n\n", "", "remote: \nremote: \n" },
    { SW_BAND_ERROR_LOG, "no end of line", "", "remote: no end of line\n" },
    { SW_BAND_ERROR_LOG, "\033]0;title\a\r\x9b\n", "", "remote: \\\\x1b\\]0;title\\\\x07\\\\x0d\\\\x9b\n" },
    { SW_BAND_NOTICE_LOG, "gr\xc3\xbc\xc3\x9f \xc3\n", "", "remote: gr\xc3\xbc\xc3\x9f \\\\xc3\n" },
};

START_TEST(packet_is_shown)
{
    setenv("LC_ALL", "C.UTF-8", 1);
    for (int status = 0; status <= 1; status++) {
        const char *port;
        int listener = listen_anywhere(&port);
        process *client = start_client(port, "", "stat");
        sw_event event;
        int fd = accept_one(listener);
        peer *p = take_command(fd, &event);

        peer_queue(p, packets[_i].band, packets[_i].text);
        peer_exit(p, status);
        process_expect(client, packets[_i].text, status, packets[_i].out, packets[_i].err);
        peer_forget(p);
        close(fd);
        close(listener);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e client");

    tcase_add_loop_test(e2e_case(suite, "vanish"), server_vanishes, 0, COUNT(stops));
    tcase_add_loop_test(e2e_case(suite, "break off"), server_breaks_off, 0, COUNT(stops));
    tcase_add_loop_test(e2e_case(suite, "silence"), server_falls_silent, 0, COUNT(stops));
    tcase_add_test(e2e_case(suite, "nobody"), nobody_listens);
    tcase_add_loop_test(e2e_case(suite, "strangers"), no_such_server, 0, COUNT(strangers));
    tcase_add_loop_test(e2e_case(suite, "packets"), packet_is_shown, 0, COUNT(packets));
    return e2e_main(suite);
}
