/* SPDX-License-Identifier: ISC */
/* Uploads as the client does them, in both modes: the bytes, and early refusals. The server is
 * played by the test. */
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIDEBAND ""
#define LEGACY "--features= --allow-legacy"

#define USER "-u alice -k keys/alice "

/* A server that has one client, and what its connection is for the client. */
typedef struct connection {
    const char *options; /* of the client */
    int in, out;         /* of the server */
    int keep[2];         /* of the client, to be passed on; 0: it connects by itself */
    int listener;
} connection;

static connection over_tcp(void)
{
    connection c = { 0 };
    const char *port;

    c.listener = listen_anywhere(&port);
    c.options = scratch_format("-H 127.0.0.1 -p %s", port);
    return c;
}

static connection over_pipes(void)
{
    connection c = { 0 };
    int there[2], back[2];

    ck_assert_int_eq(pipe2(there, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(back, O_CLOEXEC), 0);
    c.in = there[0];
    c.out = back[1];
    c.keep[0] = back[0];
    c.keep[1] = there[1];
    c.options = scratch_format("--fd %d,%d", c.keep[0], c.keep[1]);
    return c;
}

/* After the client was started: waits until it is logged in and has sent its command. */
static peer *serve(connection *c, sw_event *event)
{
    peer *p;

    if (c->listener > 0) {
        c->in = c->out = accept_one(c->listener);
        close(c->listener);
    }
    for (int i = 0; i < 2 && c->keep[i] > 0; i++)
        close(c->keep[i]);
    p = peer_server(c->in, "keys/alice.pub");
    peer_write_to(p, c->out);
    peer_take_command(p, event);
    return p;
}

static process *start(const connection *c, const char *mode, const char *command, const char *input)
{
    process_setup setup = { .input = input, .keep = { c->keep[0], c->keep[1] } };
    command_line line = { { NULL }, 0 };

    command_add(&line, tool_path(TOOL_CLIENT));
    command_add_words(&line, scratch_format(USER "%s %s %s", c->options, mode, command));
    return process_start(&line, &setup);
}

/* ---- the bytes ---- */

static const size_t sizes[] = { 0, 1, 4096, 32767, 32768, 32769, 1000000 };

static const struct {
    connection (*connect)(void);
    const char *mode;
} ways[] = {
    { over_tcp, SIDEBAND },
    { over_tcp, LEGACY },
    { over_pipes, SIDEBAND },
    { over_pipes, LEGACY },
};

START_TEST(upload)
{
    for (int i = 0; i < COUNT(sizes); i++) {
        connection c = ways[_i].connect();
        uint8_t *sent = scratch_allocate(sizes[i] + 1);
        uint8_t *came = scratch_allocate(sizes[i] + 1);
        sw_argument argv[2];
        sw_command_info arguments;
        process *client;
        sw_event event;
        peer *p;

        for (size_t n = 0; n < sizes[i]; n++)
            sent[n] = (uint8_t)(n * 7 + n / 251);
        scratch_write("picture", sent, sizes[i]);
        client = start(&c, ways[_i].mode, "addimg cover", "picture");
        p = serve(&c, &event);
        ck_assert_int_eq(sw_session_arguments(peer_session(p), &event, argv, 2, &arguments, NULL), 0);
        ck_assert_uint_eq(arguments.count, 2);
        ck_assert_int_eq(memcmp(argv[1].data, "cover", argv[1].len), 0);
        peer_queue(p, SW_BAND_AWAITING_DATA, "");
        ck_assert_uint_eq(peer_take_upload(p, came, sizes[i]), sizes[i]);
        ck_assert_int_eq(memcmp(sent, came, sizes[i]), 0);
        peer_queue(p, SW_BAND_OUTPUT, "stored\n");
        peer_exit(p, 0);
        peer_close(p);
        process_expect(client, "upload", 0, "stored\n", "");
    }
}
END_TEST

/* ---- refused while data is still coming ---- */

#define NOT_ALL "sidewire-client: *: connection closed before all data was sent\n"

static const struct {
    const char *mode;
    const char *input; /* without end */
    const char *out, *err;
} refusals[] = {
    { SIDEBAND, "/dev/zero", "", "remote: file too large\n" },
    { SIDEBAND, "fifo", "", "remote: file too large\n" },
    { LEGACY, "/dev/zero", "file too large\n", NOT_ALL },
    { LEGACY, "fifo", "file too large\n", NOT_ALL },
};

/* Somebody who has the fifo open, and so keeps its end from coming. */
static int open_fifo(const char *text)
{
    int fd;

    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    fd = open("fifo", O_RDWR | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    send_text(fd, text);
    return fd;
}

static void refuse(peer *p)
{
    sw_event event;

    peer_queue(p, SW_BAND_AWAITING_DATA, "");
    peer_expect(p, SW_EVENT_DATA, &event);
    sleep_ms(50); /* more comes than is ever read */
    peer_queue(p, SW_BAND_ERROR_LOG, "file too large\n");
    peer_exit(p, 1);
}

START_TEST(refused_early)
{
    int fifo = open_fifo("some of it");

    for (int i = 0; i < 2; i++) {
        connection c = i == 0 ? over_tcp() : over_pipes();
        process *client = start(&c, refusals[_i].mode, "addmood party", refusals[_i].input);
        sw_event event;
        peer *p = serve(&c, &event);

        refuse(p);
        if (c.in == c.out)
            shutdown_sending(c.out);
        else
            close(c.out);
        process_expect(client, refusals[_i].input, 1, refusals[_i].out, refusals[_i].err);
        close(c.in);
        peer_forget(p);
        send_text(fifo, "some of it");
    }
    close(fifo);
}
END_TEST

/* Closed with data unread: the client sees a reset. */
START_TEST(refused_hard)
{
    connection c = over_tcp();
    process *client = start(&c, LEGACY, "addmood party", "/dev/zero");
    sw_event event;
    peer *p = serve(&c, &event);

    refuse(p);
    peer_close(p);
    process_expect(client, "reset", 1, NULL, NOT_ALL);
}
END_TEST

/* Before anything was asked for. */
START_TEST(refused_at_once)
{
    static const char *const modes[] = { SIDEBAND, LEGACY };
    static const char *const outs[] = { "", "permission denied\n" };
    static const char *const errs[] = { "remote: permission denied\n",
                                        "sidewire-client: *: connection closed without a request for the data\n" };

    for (int i = 0; i < COUNT(modes); i++) {
        connection c = over_tcp();
        process *client = start(&c, modes[i], "addpl all", "/dev/zero");
        sw_event event;
        peer *p = serve(&c, &event);

        peer_queue(p, SW_BAND_ERROR_LOG, "permission denied\n");
        peer_exit(p, 1);
        peer_close(p);
        process_expect(client, modes[i], 1, outs[i], errs[i]);
    }
}
END_TEST

/* ---- what cannot be sent ---- */

START_TEST(input_fails)
{
    connection c = over_tcp();
    process *client = start(&c, SIDEBAND, "addlyr words", ".");
    sw_event event;
    peer *p = serve(&c, &event);

    peer_queue(p, SW_BAND_AWAITING_DATA, "");
    ck_assert_int_eq(peer_next(p, &event), SW_E_UPLOAD); /* given up: it must not look complete */
    process_expect(client, "folder", 3, "", "sidewire-client: standard input: Is a directory\n");
    peer_close(p);
}
END_TEST

/* Standard input is not for everybody who asks for it. */
START_TEST(not_meant_to_be_sent)
{
    connection c = over_tcp();
    process *client = start(&c, SIDEBAND, "si", "keys/alice");
    sw_event event;
    peer *p = serve(&c, &event);

    peer_queue(p, SW_BAND_AWAITING_DATA, "");
    ck_assert_int_eq(peer_next(p, &event), SW_E_UPLOAD);
    process_expect(client, "si", 3, "",
                   "sidewire-client: *: the server asks for data, which this "
                   "command does not send\n");
    peer_close(p);
}
END_TEST

/* A command that only the server knows may well take data. */
START_TEST(unknown_command)
{
    connection c = over_tcp();
    process *client;
    uint8_t came[5];
    sw_event event;
    peer *p;

    scratch_write_text("data", "data\n");
    client = start(&c, SIDEBAND, "--upload addsomething", "data");
    p = serve(&c, &event);
    peer_queue(p, SW_BAND_AWAITING_DATA, "");
    ck_assert_uint_eq(peer_take_upload(p, came, sizeof(came)), sizeof(came));
    peer_exit(p, 0);
    process_expect(client, "addsomething", 0, "", "");
    peer_close(p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e upload client");
    TCase *refusal = e2e_case(suite, "refusal");
    TCase *input = e2e_case(suite, "input");

    tcase_add_loop_test(e2e_case(suite, "bytes"), upload, 0, COUNT(ways));
    tcase_add_loop_test(refusal, refused_early, 0, COUNT(refusals));
    tcase_add_test(refusal, refused_hard);
    tcase_add_test(refusal, refused_at_once);
    tcase_add_test(input, input_fails);
    tcase_add_test(input, not_meant_to_be_sent);
    tcase_add_test(input, unknown_command);
    return e2e_main(suite);
}
