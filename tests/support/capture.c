/* SPDX-License-Identifier: ISC */
#include "capture.h"

#include "scratch.h"

#include <check.h>

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MARK_PAUSE_MS = 20 };

int capture_wanted(void)
{
    const char *value = getenv("SIDEWIRE_NO_CAPTURE");
    int fd = value == NULL || strcmp(value, "1") != 0 ? socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0) : -1;

    if (fd < 0) {
        printf("left out: what captures, for want of the right to\n");
        return 0;
    }
    close(fd);
    return 1;
}

static void send_datagram(const char *port, const char *text)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    address.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(sendto(fd, text, strlen(text), 0, (struct sockaddr *)&address, sizeof(address)),
                     (int)strlen(text));
    close(fd);
}

static int is_captured(const char *text)
{
    const char *data;
    size_t len;

    if (access("capture.pcapng", R_OK) < 0)
        return 0;
    data = scratch_read("capture.pcapng", &len);
    return memmem(data, len, text, strlen(text)) != NULL;
}

/* Sends datagrams to the port until one is in the file: then so is all that was captured before. */
static void await_mark(process *capture, const char *port, const char *text)
{
    long deadline = clock_ms() + PROCESS_SECONDS * 1000L;

    do {
        if (process_has_ended(capture) || clock_ms() > deadline)
            ck_abort_msg("no capture (see SIDEWIRE_NO_CAPTURE): %s", process_err(capture));
        send_datagram(port, text);
        sleep_ms(MARK_PAUSE_MS);
    } while (!is_captured(text));
}

process *capture_start(const char *port)
{
    command_line line = { { NULL }, 0 };
    process *capture;

    command_add_words(&line, "tshark -q -n -i lo -w capture.pcapng -f");
    command_add(&line, scratch_format("port %s", port));
    capture = process_start(&line, NULL);
    await_mark(capture, port, "the capture has begun");
    return capture;
}

void capture_stop(process *capture, const char *port)
{
    await_mark(capture, port, "the capture may end");
    process_signal(capture, SIGINT);
    process_expect(capture, "tshark", 0, NULL, NULL);
}
