/* SPDX-License-Identifier: ISC */
/* Writes a small corpus for fuzz_observer: make_observer_corpus FOLDER. */
#include <sidewire/packet.h>
#include <sidewire/record.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "observer_input.h"
#include "recorded_session.h"

enum { PATH_SIZE = 1024, CLIENT = RECORDED_CLIENT, SERVER = RECORDED_SERVER };

/* How a session is seen. */
typedef struct plan {
    const char *name;
    uint8_t session, keys, flags;
    uint8_t cuts[CHOICES_CUTS];
    int request_first; /* the greeting is not seen */
    size_t lost_at;    /* place behind the server's proof; 0: nothing is lost */
    unsigned lost;
    uint8_t change; /* to the first byte behind that */
} plan;

static const plan plans[] = {
    { "legacy", 0, 1, 0, { 7 }, 0, 0, 0, 0 },
    { "legacy-log", 0, 2, 0, { 1 }, 0, 0, 0, 0 },
    { "legacy-lost", 0, 1, 1, { 30 }, 0, 40, 20, 0 },
    { "legacy-wrong", 0, 1, 2, { 3 }, 0, 0, 0, 0 },
    { "rc4", 1, 1, 0, { 5, 0 }, 0, 0, 0, 0 },
    { "rc4-late", 1, 3, 1, { 11 }, 0, 0, 0, 0 },
    { "aes", 2, 1, 0, { 1 }, 0, 0, 0, 0 },
    { "aes-log", 2, 2, 1, { 64 }, 0, 0, 0, 0 },
    { "aes-none", 2, 0, 0, { 100 }, 0, 0, 0, 0 },
    { "aes-wrong", 2, 1, 2, { 3 }, 0, 0, 0, 0 },
    { "aes-lost-body", 2, 1, 0, { 9 }, 0, 100, 50, 0 },
    { "aes-lost-header", 2, 1, 0, { 9 }, 0, 5, 3, 0 },
    { "aes-damaged-header", 2, 1, 0, { 9 }, 0, 9, 0, 1 },
    { "aes-late-lost", 2, 3, 0, { 9 }, 0, 5, 400, 0 },
    { "sha256-request-first", 3, 1, 1, { 2, 50 }, 1, 0, 0, 0 },
    { "sealed", 4, 1, 0, { 1 }, 0, 0, 0, 0 },
    { "sealed-late", 4, 3, 1, { 30, 2 }, 0, 0, 0, 0 },
    { "sealed-none", 5, 0, 0, { 50 }, 0, 0, 0, 0 },
    { "sealed-wrong", 5, 1, 2, { 3 }, 0, 0, 0, 0 },
    { "sealed-damaged", 4, 1, 0, { 9 }, 0, 60, 0, 1 },
    { "sealed-lost-in-record", 4, 1, 0, { 9, 60 }, 0, 100, 50, 0 },
    { "sealed-lost-records", 5, 1, 0, { 7 }, 0, 28, 236, 0 },
    { "sealed-lost-header", 5, 1, 1, { 5, 80 }, 0, 140, 140, 0 },
    { "sealed-late-lost", 5, 3, 0, { 9 }, 0, 5, 400, 0 },
    { "sha256-late", 3, 3, 0, { 1, 2, 3, 4, 5, 6 }, 0, 0, 0, 0 },
};

static void add(trace *input, uint8_t side, size_t from, size_t to, unsigned missing, uint8_t change)
{
    observer_record r = { .side = side, .change = change };

    choices_set_number(r.at, (unsigned)from);
    choices_set_number(r.len, (unsigned)(to - from));
    choices_set_number(r.missing, missing);
    trace_add(input, &r, sizeof(r));
}

static void write_input(const char *folder, const plan *p, const trace *input)
{
    char path[PATH_SIZE];
    FILE *file;

    snprintf(path, sizeof(path), "%s/observer/%s", folder, p->name);
    file = fopen(path, "wb");
    if (file == NULL || fwrite(input->data, input->len, 1, file) != 1 || fclose(file) != 0) {
        fprintf(stderr, "make_observer_corpus: %s: %s\n", path, strerror(errno));
        exit(1);
    }
}

static void write_plan(const char *folder, const plan *p)
{
    const recorded_session *s = recorded_session_get(p->session);
    observer_choices choices = { p->session, p->keys, p->flags, { 0 } };
    size_t overhead = s->features & SW_FEATURES_SEALED ? SW_RECORD_OVERHEAD : 0;
    size_t proceed = s->proof[SERVER] + overhead + (s->features != 0 ? SW_HEADER_SIZE : 8);
    size_t hole = proceed + p->lost_at;
    trace input = { NULL, 0, 0 };

    memcpy(choices.cuts, p->cuts, sizeof(choices.cuts));
    trace_add(&input, &choices, sizeof(choices));
    if (!p->request_first)
        add(&input, SERVER, 0, s->opening[SERVER], 0, 0);
    add(&input, CLIENT, 0, s->opening[CLIENT], 0, 0);
    add(&input, SERVER, s->opening[SERVER], s->proof[SERVER], 0, 0);
    add(&input, CLIENT, s->opening[CLIENT], s->proof[CLIENT], 0, 0);
    add(&input, SERVER, s->proof[SERVER], proceed, 0, 0);
    add(&input, CLIENT, s->proof[CLIENT], s->sent[CLIENT].len, 0, 0);
    if (p->lost_at > 0)
        add(&input, SERVER, proceed, hole, p->lost, 0);
    add(&input, SERVER, p->lost_at > 0 ? hole + p->lost : proceed, s->sent[SERVER].len, 0, p->change);
    write_input(folder, p, &input);
    trace_free(&input);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: make_observer_corpus FOLDER\n");
        return 2;
    }
    for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++)
        write_plan(argv[1], &plans[i]);
    return 0;
}
