/* SPDX-License-Identifier: ISC */
/* Writes a small corpus for fuzz_capture: make_capture_corpus FOLDER. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture_input.h"
#include "check.h"
#include "choices.h"
#include "recorded_session.h"

enum { PATH_SIZE = 1024, FIN = 1, SYN = 2, RST = 4, ACK = 16, SERVER = CAPTURE_FROM_SERVER };

static const char *folder;

static void write_input(const char *name, const trace *input)
{
    char path[PATH_SIZE];
    FILE *file;

    snprintf(path, sizeof(path), "%s/capture/%s", folder, name);
    file = fopen(path, "wb");
    if (file == NULL || fwrite(input->data, input->len, 1, file) != 1 || fclose(file) != 0) {
        fprintf(stderr, "make_capture_corpus: %s: %s\n", path, strerror(errno));
        exit(1);
    }
}

static void begin(trace *input, uint8_t link, uint8_t session)
{
    capture_choices choices = { link, session };

    trace_add(input, &choices, sizeof(choices));
}

/* ---- segments ---- */

/* How a session is captured. */
typedef struct plan {
    const char *name;
    uint8_t session;     /* with a capture_logged */
    size_t segment;      /* bytes */
    size_t lost;         /* so many segments in the server's output; 0: none */
    uint8_t cut, change; /* in one of them */
    uint8_t swapped;     /* each segment comes behind its successor */
    uint8_t repeated;    /* each comes twice */
    uint8_t last_flags;
} plan;

#define LOGGED(when) (CAPTURE_LOGGED_##when * RECORDED_SESSIONS)

static const plan plans[] = {
    { "legacy", 0, 1400, 0, 0, 0, 0, 0, FIN | ACK },
    { "legacy-small", 0, 60, 0, 0, 0, 0, 0, FIN | ACK },
    { "legacy-lost", 0, 100, 2, 0, 0, 0, 0, FIN | ACK },
    { "rc4", 1, 1400, 0, 0, 0, 0, 0, FIN | ACK },
    { "rc4-lost", 1, 100, 3, 0, 0, 0, 0, RST },
    { "aes", 2, 1400, 0, 0, 0, 0, 0, FIN | ACK },
    { "aes-small", 2, 60, 0, 0, 0, 0, 0, FIN | ACK },
    { "aes-swapped", 2, 100, 0, 0, 0, 1, 0, FIN | ACK },
    { "aes-repeated", 2, 200, 0, 0, 0, 0, 1, FIN | ACK },
    { "aes-changed", 2, 200, 0, 0, 7, 0, 1, FIN | ACK },
    { "aes-cut", 2, 200, 0, 50, 0, 0, 0, FIN | ACK },
    { "sha256", 3, 1400, 0, 0, 0, 0, 0, FIN | ACK },
    { "sha256-lost", 3, 100, 1, 0, 0, 1, 0, FIN | ACK },
    { "sha256-unfinished", 3, 300, 0, 0, 0, 0, 0, ACK },
    { "sealed", 4, 1400, 0, 0, 0, 0, 0, FIN | ACK },
    { "sealed-lost", 4, 90, 2, 0, 0, 0, 0, FIN | ACK },
    { "sealed-changed", 5, 70, 0, 0, 9, 0, 1, RST },
    { "sealed-cut", 5, 200, 0, 50, 0, 1, 0, ACK },
    { "aes-log", LOGGED(LATE) + 2, 200, 0, 0, 0, 0, 0, FIN | ACK },
    { "rc4-log-both", LOGGED(BOTH) + 1, 100, 0, 0, 0, 0, 0, FIN | ACK },
    { "legacy-log", LOGGED(LATE) + 0, 100, 0, 0, 0, 0, 0, FIN | ACK },
    { "sha256-never", LOGGED(NEVER) + 3, 100, 0, 0, 0, 0, 0, RST },
    { "sealed-late", LOGGED(LATE) + 4, 200, 0, 0, 0, 0, 0, FIN | ACK },
    { "sealed-both", LOGGED(BOTH) + 5, 200, 0, 0, 0, 0, 0, FIN | ACK },
    { "sealed-wrong", LOGGED(WRONG) + 4, 200, 0, 0, 0, 0, 0, FIN | ACK },
};

static void add_segment(trace *input, uint8_t flags, size_t at, size_t len, uint8_t cut, uint8_t change)
{
    segment_record r = { .kind = CAPTURE_SEGMENT, .flags = flags, .cut = cut, .change = change };

    choices_set_number(r.at, (unsigned)at);
    choices_set_number(r.len, (unsigned)len);
    trace_add(input, &r, sizeof(r));
}

/* What a side sent from one place to another. `harmed`: this is where something happens. */
static void add_range(trace *input, const plan *p, uint8_t flags, size_t from, size_t to, int harmed)
{
    size_t number = 0;

    for (size_t at = from; at < to; at += p->segment, number++) {
        size_t len = to - at < p->segment ? to - at : p->segment;
        int here = harmed && number >= 2;

        if (here && number < 2 + p->lost)
            continue;
        if (p->swapped && number % 2 == 0 && at + len < to) {
            size_t next = to - at - len < p->segment ? to - at - len : p->segment;
            add_segment(input, flags, at + len, next, 0, 0);
        }
        add_segment(input, flags, at, len, here && number == 2 ? p->cut : 0, 0);
        if (p->repeated)
            add_segment(input, flags, at, len, 0, here ? p->change : 0);
    }
}

static void write_plan(const plan *p)
{
    const recorded_session *s = recorded_session_get(p->session % RECORDED_SESSIONS);
    const size_t *opening = s->opening;
    const size_t *proof = s->proof;
    size_t client_len = s->sent[RECORDED_CLIENT].len;
    size_t server_len = s->sent[RECORDED_SERVER].len;
    trace input = { NULL, 0, 0 };

    begin(&input, 0, p->session);
    add_segment(&input, SYN, 0, 0, 0, 0);
    add_segment(&input, SERVER | SYN, 0, 0, 0, 0);
    add_range(&input, p, SERVER, 0, opening[RECORDED_SERVER], 0);
    add_range(&input, p, 0, 0, opening[RECORDED_CLIENT], 0);
    add_range(&input, p, SERVER, opening[RECORDED_SERVER], proof[RECORDED_SERVER], 0);
    add_range(&input, p, 0, opening[RECORDED_CLIENT], proof[RECORDED_CLIENT], 0);
    add_range(&input, p, SERVER, proof[RECORDED_SERVER], proof[RECORDED_SERVER] + 8, 0);
    add_range(&input, p, 0, proof[RECORDED_CLIENT], client_len, 0);
    add_range(&input, p, SERVER, proof[RECORDED_SERVER] + 8, server_len, 1);
    add_segment(&input, SERVER | p->last_flags, server_len, 0, 0, 0);
    add_segment(&input, p->last_flags, client_len, 0, 0, 0);
    write_input(p->name, &input);
    trace_free(&input);
}

/* ---- frames ---- */

#define IPV4 "\x45\0\0\x2b\0\1\0\0\x40\6\0\0\xc0\0\2\1\xc0\0\2\2"
/* clang-format off */
#define IPV6 "\x60\0\0\0\0\x17\6\x40" "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1" \
             "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\2"
#define IPV6_LONG "\x60\0\0\0\0\x1f\0\x40" "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1" \
                  "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\2" "\6\0\5\2\0\0\0\0"
#define TCP "\xb\xae\x1f\x90" "\0\0\0\1" "\0\0\0\1" "\x50\x18" "\x10\0\0\0\0\0" "Hi\n"
#define MACS "\2\0\0\0\0\1" "\2\0\0\0\0\2"
/* clang-format on */

static const struct {
    const char *name;
    uint8_t link;
    const char *data;
    size_t len;
    uint8_t more;
} frames[] = {
#define DATA(text) text, sizeof(text) - 1
    { "frame-ethernet", 0, DATA(MACS "\x08\0" IPV4 TCP), 0 },
    { "frame-tags", 0, DATA(MACS "\x88\xa8\0\1\x81\0\0\2\x86\xdd" IPV6 TCP), 0 },
    { "frame-cooked", 1, DATA("\0\0\0\1\0\6" MACS "\x08\0" IPV4 TCP), 0 },
    { "frame-cooked-2", 2,
      DATA("\x86\xdd\0\0\0\0\0\1\0\1\0\6"
           "\2\0\0\0\0\1\0\0" IPV6_LONG TCP),
      0 },
    { "frame-null", 3, DATA("\2\0\0\0" IPV4 TCP), 0 },
    { "frame-loop", 4, DATA("\0\0\0\x18" IPV6 TCP), 0 },
    { "frame-raw", 5, DATA(IPV6_LONG TCP), 0 },
    { "frame-cut", 5,
      DATA(IPV4 "\xb\xae\x1f\x90"
                "\0\0\0\1"
                "\0\0\0\1"
                "\x50\x18"
                "\x10\0\0\0\0\0"),
      3 },
#undef DATA
};

static void write_frame(size_t i)
{
    frame_record r = { .kind = CAPTURE_FRAME, .more = frames[i].more };
    trace input = { NULL, 0, 0 };

    choices_set_number(r.captured, (unsigned)frames[i].len);
    begin(&input, frames[i].link, 0);
    trace_add(&input, &r, sizeof(r));
    trace_add(&input, frames[i].data, frames[i].len);
    write_input(frames[i].name, &input);
    trace_free(&input);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: make_capture_corpus FOLDER\n");
        return 2;
    }
    folder = argv[1];
    for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++)
        write_plan(&plans[i]);
    for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++)
        write_frame(i);
    return 0;
}
