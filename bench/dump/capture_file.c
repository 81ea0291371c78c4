/* SPDX-License-Identifier: ISC */
#include "capture_file.h"

#include "pcapng.h"
#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { START = 1700000000, PACKET_NANOSECONDS = 10000, SECOND = 1000000000 };

static void die(void)
{
    report_system("capture", errno);
    exit(STATUS_FAILURE);
}

void capture_file_create(capture_file *file, const char *path)
{
    file->fd = pcapng_create(path);
    file->now = (struct timespec){ .tv_sec = START };
    file->packets = 0;
    if (file->fd < 0)
        die();
}

void capture_file_add(capture_file *file, tcp_connection *connection, int from, unsigned flags, const void *data,
                      size_t len)
{
    uint8_t packet[TCP_PACKET_MAX];
    size_t size = tcp_packet(connection, from, flags, data, len, packet);

    file->now.tv_nsec += PACKET_NANOSECONDS;
    if (file->now.tv_nsec >= SECOND) {
        file->now.tv_nsec -= SECOND;
        file->now.tv_sec++;
    }
    file->packets++;
    if (pcapng_add(file->fd, &file->now, packet, size) < 0)
        die();
}

void capture_file_close(capture_file *file)
{
    if (close(file->fd) < 0)
        die();
}
