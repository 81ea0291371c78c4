/* SPDX-License-Identifier: ISC */
/* Records: what was sealed is opened, whatever the cuts; a change is seen, and nothing behind it is given
 * out.
 * Input: record_choices, then pieces of text, each a byte of its size and that many bytes; each becomes
 * a record. */
#include <sidewire/record.h>

#include <stdlib.h>
#include <string.h>

#include "fake_crypto.h"
#include "check.h"
#include "choices.h"
#include "trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct record_choices {
    uint8_t is_chachapoly;
    uint8_t limit[2];
    uint8_t counter;                   /* below the next change of keys */
    uint8_t change_at[2], change_mask; /* 0: all bytes arrive as sent */
    uint8_t cuts[CHOICES_CUTS];
} record_choices;

static const uint8_t key[SW_AEAD_KEY_SIZE] = { 7 };

typedef struct end {
    fake_crypto fake;
    sw_record record;
} end;

static int end_start(end *e, const record_choices *c)
{
    int result;

    fake_crypto_init(&e->fake, 1);
    result =
        sw_record_init(&e->record, &e->fake.table, c->is_chachapoly & 1 ? SW_SUITE_CHACHAPOLY : SW_SUITE_AESGCM,
                       key, (uint16_t)choices_number(c->limit));
    e->record.counter = 65535u - c->counter;
    return result;
}

static void end_finish(end *e)
{
    sw_record_wipe(&e->record);
    check_number("states left", e->fake.aead_states, 0);
}

/* Seals the pieces; those that are too large are left out. */
static void seal_all(end *e, const uint8_t *in, size_t len, trace *wire, trace *text)
{
    while (len > 0) {
        size_t n = in[0] < len - 1 ? in[0] : len - 1;
        uint8_t *record = exact_block(n + SW_RECORD_OVERHEAD);
        memcpy(record + SW_RECORD_HEADER_SIZE, in + 1, n);
        if (n > 0 && n <= sw_record_text_max(&e->record)) {
            check_result("sealing", sw_record_seal(&e->record, record, n), SW_OK);
            trace_add(wire, record, n + SW_RECORD_OVERHEAD);
            trace_add(text, in + 1, n);
        }
        free(record);
        in += 1 + n;
        len -= 1 + n;
    }
}

/* Gives a receiver the bytes in pieces, which it sees together with what is left of those before. */
static int open_all(const record_choices *c, const trace *wire, const uint8_t *cuts, trace *text)
{
    cutter cut = { cuts, 0 };
    size_t start = 0, have = 0;
    int result = 0;
    end e;

    check_result("receiver", end_start(&e, c), SW_OK);
    while (have < wire->len && result >= 0) {
        have += cutter_next(&cut, wire->len - have);
        do {
            uint8_t *copy = exact_copy(wire->data + start, have - start);
            uint8_t *opened = NULL;
            size_t used, size;
            result = sw_record_open(&e.record, copy, have - start, &used, &opened, &size);
            if (result > 0)
                trace_add(text, opened, size);
            else
                check(opened == NULL && used == 0, "nothing is given out");
            start += used;
            free(copy);
        } while (result > 0);
    }
    if (result < 0)
        check_zero("key", e.record.key, sizeof(e.record.key));
    end_finish(&e);
    return result;
}

static void change(trace *wire, const record_choices *c)
{
    if (wire->len > 0)
        wire->data[choices_number(c->change_at) % wire->len] ^= c->change_mask;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    record_choices choices;
    const uint8_t *pieces = choices_read(&choices, sizeof(choices), data, &size);
    trace wire = { NULL, 0, 0 }, sent = { NULL, 0, 0 };
    trace whole = { NULL, 0, 0 }, cut = { NULL, 0, 0 };
    int result;
    end sender;

    if (end_start(&sender, &choices) == SW_OK) {
        seal_all(&sender, pieces, size, &wire, &sent);
        change(&wire, &choices);
        result = open_all(&choices, &wire, NULL, &whole);
        check_result("cut", open_all(&choices, &wire, choices.cuts, &cut), result);
        check_bytes("cut", cut.data, cut.len, whole.data, whole.len);
        check(whole.len <= sent.len, "no more than was sent");
        check_bytes("opened", whole.data, whole.len, sent.data, whole.len);
        if (choices.change_mask == 0)
            check_number("all of it", whole.len, sent.len);
        else if (sent.len > 0)
            check(whole.len < sent.len, "a change is seen");
    }
    end_finish(&sender);
    trace_free(&wire);
    trace_free(&sent);
    trace_free(&whole);
    trace_free(&cut);
    return 0;
}
