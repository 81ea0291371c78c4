/* SPDX-License-Identifier: ISC */
/* Writes the byte streams of a capture's TCP connections to files: print_streams CAPTURE FOLDER.
 * They are called FOLDER/N.c2s and FOLDER/N.s2c, in the order in which the connections begin to
 * speak. Zeros take the place of what is lost. */
#include "capture/capture.h"
#include "watch/flows.h"

#include <stdio.h>
#include <stdlib.h>

static const char *folder;
static unsigned connections;

typedef struct files {
    FILE *sides[2];
} files;

static FILE *create(unsigned number, const char *side)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%u.%s", folder, number, side);
    file = fopen(path, "w");
    if (file == NULL) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    return file;
}

static void *open_files(void *ctx, const connection *about)
{
    files *f = malloc(sizeof(*f));

    (void)ctx;
    (void)about;
    if (f == NULL)
        exit(EXIT_FAILURE);
    connections++;
    f->sides[FROM_CLIENT] = create(connections, "c2s");
    f->sides[FROM_SERVER] = create(connections, "s2c");
    return f;
}

static int write_data(void *watch, from side, stamp time, uint8_t *data, size_t len)
{
    (void)time;
    return fwrite(data, 1, len, ((files *)watch)->sides[side]) == len;
}

static void write_zeros(void *watch, from side, stamp time, uint64_t n)
{
    (void)time;
    while (n-- > 0)
        fputc('\0', ((files *)watch)->sides[side]);
}

static void ignore_count(void *watch, from side, uint64_t n)
{
    (void)watch;
    (void)side;
    (void)n;
}

static void ignore_end(void *watch, from side, stamp time)
{
    (void)watch;
    (void)side;
    (void)time;
}

static void close_files(void *watch, flow_end how, from breaker, stamp time)
{
    files *f = watch;

    (void)how;
    (void)breaker;
    (void)time;
    fclose(f->sides[0]);
    fclose(f->sides[1]);
    free(f);
}

static int on_idle(void *ctx, int quiet)
{
    (void)ctx;
    (void)quiet;
    return -1;
}

static void on_progress(void *ctx, uint64_t bytes)
{
    (void)ctx;
    (void)bytes;
}

int main(int argc, char **argv)
{
    static const flow_watcher watcher = { NULL,         NULL,         open_files, write_data, write_zeros,
                                          ignore_count, ignore_count, ignore_end, close_files };
    capture_setup setup = { .path_count = 1, .hooks = { NULL, on_idle, on_progress, NULL } };
    const char *path;
    char why[CAPTURE_WHY_SIZE];
    segment seg;
    capture *c;
    flows *f;

    if (argc != 3) {
        fputs("usage: print_streams CAPTURE FOLDER\n", stderr);
        return EXIT_FAILURE;
    }
    folder = argv[2];
    path = argv[1];
    setup.paths = &path;
    c = capture_open(&setup, why);
    if (c == NULL) {
        fprintf(stderr, "print_streams: %s\n", why);
        return EXIT_FAILURE;
    }
    f = flows_new(&watcher);
    while (capture_next(c, &seg, why) > 0)
        flows_segment(f, &seg);
    flows_finish(f);
    flows_free(f);
    capture_close(c);
    return EXIT_SUCCESS;
}
