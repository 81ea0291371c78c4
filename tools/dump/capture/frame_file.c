/* SPDX-License-Identifier: ISC */
#include "frame_file.h"

#include "report.h"
#include "watch/allocate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Numbers are in the byte order of this machine, which readers see by BYTE_ORDER_MAGIC. */
enum {
    SECTION_HEADER = 0x0a0d0d0a,
    BYTE_ORDER_MAGIC = 0x1a2b3c4d,
    INTERFACE_DESCRIPTION = 1,
    ENHANCED_PACKET = 6,
    DECRYPTION_SECRETS = 10,
    OPTION_TIME_RESOLUTION = 9,
    NANOSECONDS = 9, /* powers of ten that a second is divided by */
    LINKS_MAX = 64,  /* kinds of link in a file; more come from files made to do harm */
    DIGITS = 5
};

static const int64_t second = 1000000000;

struct frame_file {
    frame_file_setup setup;
    char *path; /* of the file that is open */
    FILE *file;
    unsigned long number; /* of it, from 1 on */
    uint64_t bytes;       /* in it */
    int64_t since;        /* time of its first frame, if there are frames in it */
    int has_frames;
    int is_ours;               /* it was made by this run */
    unsigned links[LINKS_MAX]; /* each is an interface in the file */
    size_t link_count;
    int failed;
};

/* ---- files ---- */

static int is_series(const frame_file *r)
{
    return r->setup.file_bytes > 0 || r->setup.file_seconds > 0;
}

/* The number stands before the last dot of the name. */
static char *name_of(const frame_file *r, unsigned long number)
{
    const char *path = r->setup.path, *slash = strrchr(path, '/');
    const char *dot = strrchr(slash != NULL ? slash : path, '.');
    size_t size = strlen(path) + 32;
    char *name = allocate(size);

    if (dot == NULL)
        dot = path + strlen(path);
    if (is_series(r))
        snprintf(name, size, "%.*s-%0*lu%s", (int)(dot - path), path, DIGITS, number, dot);
    else
        snprintf(name, size, "%s", path);
    return name;
}

/* What is there may be a capture, or a key, named by mistake; but devices and pipes are to be written to. */
static int open_path(frame_file *r)
{
    const char *path = r->path;
    struct stat status;

    r->is_ours = 0;
    if (strcmp(path, "-") == 0)
        return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    r->is_ours = 1;
    return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
}

static void put(frame_file *r, const void *data, size_t len)
{
    if (len > 0)
        fwrite(data, 1, len, r->file);
    r->bytes += len;
}

static void put_section(frame_file *r)
{
    static const uint32_t header[] = { SECTION_HEADER, 28, BYTE_ORDER_MAGIC, 1, UINT32_MAX, UINT32_MAX, 28 };
    uint16_t version[2] = { 1, 0 };
    uint32_t block[7];

    memcpy(block, header, sizeof(block));
    memcpy(&block[3], version, sizeof(version));
    put(r, block, sizeof(block));
}

/* 0, or -1 with errno. */
static int begin_file(frame_file *r)
{
    int fd;

    free(r->path);
    r->path = name_of(r, ++r->number);
    fd = open_path(r);
    r->file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (r->file == NULL)
        return -1;
    r->bytes = 0;
    r->has_frames = 0;
    r->link_count = 0;
    put_section(r);
    return fflush(r->file) == 0 ? 0 : -1;
}

static void give_up(frame_file *r)
{
    report_system(r->path, errno);
    r->failed = 1;
}

static int end_file(frame_file *r)
{
    int failed = r->file == NULL || ferror(r->file);

    if (r->file != NULL && fclose(r->file) != 0)
        failed = 1;
    r->file = NULL;
    return failed ? -1 : 0;
}

static void remove_oldest(const frame_file *r)
{
    char *oldest;

    if (r->setup.files == 0 || r->number < (unsigned long)r->setup.files)
        return;
    oldest = name_of(r, r->number + 1 - (unsigned long)r->setup.files);
    if (unlink(oldest) < 0 && errno != ENOENT)
        report_system(oldest, errno);
    free(oldest);
}

/* Is the open file full, before a frame of this time? */
static int is_full(const frame_file *r, int64_t time)
{
    const frame_file_setup *s = &r->setup;

    if (!r->has_frames)
        return 0;
    return (s->file_bytes > 0 && r->bytes >= (uint64_t)s->file_bytes) ||
           (s->file_seconds > 0 && time / second - r->since / second >= s->file_seconds);
}

/* ---- frames ---- */

/* The number of the interface with this kind of link. */
static uint32_t interface_of(frame_file *r, unsigned link)
{
    struct {
        uint32_t type, size;
        uint16_t link, reserved;
        uint32_t packet_max;
        uint16_t option, option_size;
        uint8_t resolution[4];
        uint16_t last_option, last_option_size;
        uint32_t size_again;
    } block = { .type = INTERFACE_DESCRIPTION,
                .size = sizeof(block),
                .link = (uint16_t)link,
                .option = OPTION_TIME_RESOLUTION,
                .option_size = 1,
                .resolution = { NANOSECONDS },
                .size_again = sizeof(block) };
    size_t i = 0;

    while (i < r->link_count && r->links[i] != link)
        i++;
    if (i < r->link_count || i == LINKS_MAX)
        return (uint32_t)i;
    r->links[r->link_count++] = link;
    put(r, &block, sizeof(block));
    return (uint32_t)i;
}

static void put_frame(frame_file *r, const frame *in)
{
    static const uint8_t padding[3];
    uint32_t padded = (uint32_t)((in->captured + 3) / 4 * 4);
    uint64_t time = (uint64_t)in->time;
    uint32_t original = in->length > UINT32_MAX ? UINT32_MAX : (uint32_t)in->length;
    uint32_t interface = interface_of(r, in->link);
    uint32_t size = 32 + padded;
    uint32_t header[] = { ENHANCED_PACKET,        size,    interface, (uint32_t)(time >> 32), (uint32_t)time,
                          (uint32_t)in->captured, original };

    if (interface == LINKS_MAX)
        return;
    put(r, header, sizeof(header));
    put(r, in->data, in->captured);
    put(r, padding, padded - in->captured);
    put(r, &size, sizeof(size));
}

void frame_file_add(frame_file *r, const frame *in)
{
    if (r->failed)
        return;
    if (is_full(r, in->time)) {
        if (end_file(r) < 0) {
            give_up(r);
            return;
        }
        remove_oldest(r);
        if (begin_file(r) < 0) {
            give_up(r);
            return;
        }
    }
    if (!r->has_frames)
        r->since = in->time;
    r->has_frames = 1;
    put_frame(r, in);
    if (ferror(r->file))
        give_up(r);
}

void frame_file_secrets(frame_file *r, uint32_t type, const uint8_t *data, size_t len)
{
    static const uint8_t padding[3];
    uint32_t padded = (uint32_t)((len + 3) / 4 * 4), size = 20 + padded;
    uint32_t header[] = { DECRYPTION_SECRETS, size, type, (uint32_t)len };

    if (r->failed)
        return;
    put(r, header, sizeof(header));
    put(r, data, len);
    put(r, padding, padded - len);
    put(r, &size, sizeof(size));
    if (ferror(r->file))
        give_up(r);
}

void frame_file_flush(frame_file *r)
{
    if (!r->failed && fflush(r->file) != 0)
        give_up(r);
}

/* ---- life ---- */

frame_file *frame_file_open(const frame_file_setup *setup, char why[CAPTURE_WHY_SIZE])
{
    frame_file *r = allocate(sizeof(*r));

    r->setup = *setup;
    if (begin_file(r) == 0)
        return r;
    snprintf(why, CAPTURE_WHY_SIZE, "%.300s: %s", r->path, strerror(errno));
    end_file(r);
    free(r->path);
    free(r);
    return NULL;
}

int frame_file_close(frame_file *r, int keep)
{
    int failed;

    if (r == NULL)
        return 0;
    if (end_file(r) < 0 && !r->failed)
        give_up(r);
    if (!keep && r->is_ours)
        unlink(r->path);
    failed = r->failed;
    free(r->path);
    free(r);
    return failed ? -1 : 0;
}
