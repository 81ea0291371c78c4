/* SPDX-License-Identifier: ISC */
#include "pcapng.h"

#include "private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Numbers are in the byte order of this machine, which readers see by BYTE_ORDER_MAGIC. */
enum {
    SECTION_HEADER = 0x0a0d0d0a,
    BYTE_ORDER_MAGIC = 0x1a2b3c4d,
    INTERFACE_DESCRIPTION = 1,
    ENHANCED_PACKET = 6,
    DECRYPTION_SECRETS = 10,
    LINK_RAW_IP = 101,
    OPTION_TIME_RESOLUTION = 9,
    NANOSECONDS = 9, /* powers of ten that a second is divided by */
    JOIN_TRIES = 100 /* a second in all */
};

/* What each file begins with: a section and its only interface. */
static const struct {
    uint32_t type, size, magic;
    uint16_t major, minor;
    uint32_t length[2]; /* of the section's blocks; all ones: not known */
    uint32_t size_again;
    uint32_t interface_type, interface_size;
    uint16_t link, reserved;
    uint32_t packet_max;
    uint16_t option, option_size;
    uint8_t resolution[4];
    uint16_t last_option, last_option_size;
    uint32_t interface_size_again;
} file_header = { .type = SECTION_HEADER,
                  .size = 28,
                  .magic = BYTE_ORDER_MAGIC,
                  .major = 1,
                  .length = { UINT32_MAX, UINT32_MAX },
                  .size_again = 28,
                  .interface_type = INTERFACE_DESCRIPTION,
                  .interface_size = 32,
                  .link = LINK_RAW_IP,
                  .packet_max = PCAPNG_PACKET_MAX,
                  .option = OPTION_TIME_RESOLUTION,
                  .option_size = 1,
                  .resolution = { NANOSECONDS },
                  .interface_size_again = 32 };

_Static_assert(sizeof(file_header) == 28 + 32, "there are gaps between the fields");

/* What is in front of a packet's bytes; behind them the size stands again. */
typedef struct packet_header {
    uint32_t type, size, interface;
    uint32_t time_high, time_low;
    uint32_t captured, original; /* bytes of the packet: in the file, and of the whole */
} packet_header;

/* Takes n bytes at the end of the file away, unless others have written behind them. */
static int take_back(int fd, off_t n)
{
    off_t end = lseek(fd, 0, SEEK_CUR);
    struct stat info;

    if (fstat(fd, &info) < 0)
        return -1;
    return info.st_size == end ? ftruncate(fd, end - n) : 0;
}

/* Writes a block as a whole, or not at all: a part would spoil the file. */
static int write_block(int fd, const void *block, size_t size)
{
    const uint8_t *bytes = block;
    size_t done = 0;
    int error;

    while (done < size) {
        ssize_t n = write(fd, bytes + done, size - done);
        if (n < 0 && errno != EINTR)
            break;
        if (n > 0)
            done += (size_t)n;
    }
    if (done == size)
        return 0;
    error = errno;
    if (done > 0 && take_back(fd, (off_t)done) < 0)
        error = errno;
    errno = error;
    return -1;
}

/* Makes the file our own and empty; a pipe is empty as it is. */
static int take_over(int fd)
{
    struct stat info;

    if (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
        return -1;
    if (fstat(fd, &info) < 0)
        return -1;
    return S_ISREG(info.st_mode) ? ftruncate(fd, 0) : 0;
}

static int open_file(const char *path, int flags)
{
    return private_file_open(path, flags | O_APPEND);
}

static int write_header(int fd)
{
    return write_block(fd, &file_header, sizeof(file_header));
}

static int fail_and_close(int fd)
{
    int error = errno;

    close(fd);
    errno = error;
    return -1;
}

static int create(const char *path, int flags)
{
    int fd = open_file(path, flags);

    if (fd >= 0 && (take_over(fd) < 0 || write_header(fd) < 0))
        return fail_and_close(fd);
    return fd;
}

int pcapng_create(const char *path)
{
    return create(path, O_WRONLY | O_NONBLOCK);
}

int pcapng_create_waiting(const char *path)
{
    return create(path, O_WRONLY);
}

/* ---- files of several programs ---- */

/* With an empty file: begins it. Else it has to have begun like ours. */
static int begin_or_check(int fd)
{
    uint8_t begin[sizeof(file_header)];
    struct stat info;

    if (fstat(fd, &info) < 0)
        return -1;
    if (S_ISREG(info.st_mode) && info.st_size == 0)
        return write_header(fd);
    if (S_ISREG(info.st_mode) && pread(fd, begin, sizeof(begin), 0) == (ssize_t)sizeof(begin) &&
        memcmp(begin, &file_header, sizeof(begin)) == 0)
        return 0;
    errno = EEXIST;
    return -1;
}

/* Who adds to the file shares a lock; it is begun by who is alone, under a lock of his own. */
static int join(int fd)
{
    static const struct timespec moment = { .tv_nsec = 10000000 };

    for (int tries = 0; tries < JOIN_TRIES; tries++) {
        int alone = flock(fd, LOCK_EX | LOCK_NB) == 0;

        if (alone && begin_or_check(fd) < 0)
            return -1;
        if (flock(fd, LOCK_SH | LOCK_NB) == 0)
            return begin_or_check(fd);
        if (errno != EWOULDBLOCK)
            return -1;
        nanosleep(&moment, NULL);
    }
    errno = EWOULDBLOCK;
    return -1;
}

int pcapng_join(const char *path)
{
    int fd = open_file(path, O_RDWR | O_NONBLOCK);

    if (fd >= 0 && join(fd) < 0)
        return fail_and_close(fd);
    return fd;
}

/* ---- packets, and secrets ---- */

/* A block of data behind a header that begins with type and size. */
static int add_block(int fd, void *header, size_t header_size, const void *data, size_t len)
{
    uint8_t block[sizeof(packet_header) + PCAPNG_PACKET_MAX + sizeof(uint32_t)] = { 0 };
    size_t padded = (len + 3) / 4 * 4;
    uint32_t size = (uint32_t)(header_size + padded + sizeof(size));

    memcpy((uint8_t *)header + sizeof(size), &size, sizeof(size));
    memcpy(block, header, header_size);
    if (len > 0)
        memcpy(block + header_size, data, len);
    memcpy(block + header_size + padded, &size, sizeof(size));
    return write_block(fd, block, size);
}

int pcapng_add(int fd, const struct timespec *time, const void *packet, size_t len)
{
    uint64_t nanoseconds = (uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_nsec;
    packet_header header = { .type = ENHANCED_PACKET,
                             .time_high = (uint32_t)(nanoseconds >> 32),
                             .time_low = (uint32_t)nanoseconds,
                             .captured = (uint32_t)len,
                             .original = (uint32_t)len };

    return add_block(fd, &header, sizeof(header), packet, len);
}

int pcapng_add_secrets(int fd, uint32_t type, const void *secrets, size_t len)
{
    struct {
        uint32_t type, size, secrets_type, secrets_size;
    } header = { DECRYPTION_SECRETS, 0, type, (uint32_t)len };

    return add_block(fd, &header, sizeof(header), secrets, len);
}
