/* SPDX-License-Identifier: ISC */
/* The Wireshark plugin's own part: segments of a session in any order, cut, damaged and with holes, become records whose items
 * lie within what they mark, and say the same however segments are cut. Input: as of the observer, see
 * observer_input.h. Wireshark itself is not in it: this file has the memory scope and the keys that the plugin gets
 * from elsewhere. */
#include <stdlib.h>
#include <string.h>

#include "../tests/support/fake_crypto.h"
#include "../wireshark/secrets.h"
#include "../wireshark/session.h"
#include "check.h"
#include "observer_input.h"
#include "recorded_session.h"
#include "trace.h"

#include <epan/wmem_scopes.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RECORDS_MAX = 256, LATE = 8, DELAYED = 0x80 };

/* ---- what the plugin gets from elsewhere ---- */

typedef enum key_source { NO_KEYS, PRIVATE_KEY, KEY_LOG, LATE_KEY_LOG } key_source;

static wmem_allocator_t *scope;
static fake_crypto fake;
static const recorded_session *current;
static sw_secrets current_keys;
static key_source source;
static int lookups;

wmem_allocator_t *wmem_file_scope(void)
{
    return scope;
}

const sw_crypto *secrets_crypto(void)
{
    return &fake.table;
}

const char *secrets_open(sw_secrets *keys, unsigned features, const uint8_t *block, size_t len, size_t *used)
{
    sw_rsa_private key = sw_private_key_view(&current->key);

    *used = key.n_size;
    if (source != PRIVATE_KEY || len < key.n_size)
        return NULL;
    return sw_challenge_open(keys, &fake.table, &key, features, block, *used, NULL) == SW_OK ? "key" : NULL;
}

int secrets_has_log(void)
{
    return source >= KEY_LOG;
}

int secrets_are_in_capture(void)
{
    return 0;
}

static int log_has_keys(sw_secrets *keys)
{
    *keys = current_keys;
    return source == KEY_LOG || (source == LATE_KEY_LOG && ++lookups > LATE);
}

int secrets_find(sw_secrets *keys, const uint8_t *response, size_t len)
{
    return len == current_keys.response_size && memcmp(response, current_keys.response, len) == 0 &&
           log_has_keys(keys);
}

int secrets_find_sealed(sw_secrets *keys, const uint8_t *ephemeral, unsigned turn)
{
    (void)ephemeral;
    return turn == 0 && log_has_keys(keys);
}

const char *secrets_excuse(int sealed)
{
    (void)sealed;
    return "no key";
}

/* ---- what is seen ---- */

/* Bodies of one side's packets and text, each packet with its band before it. */
typedef struct content {
    GByteArray *said[2];
    uint32_t frames;
    int is_disturbed; /* holes, or segments in another order: cuts may matter then */
} content;

static void note(content *seen, const item *it, const uint8_t *body)
{
    uint8_t band = (uint8_t)it->band;

    if (it->kind != ITEM_DATA && it->kind != ITEM_COMMAND)
        return;
    if (it->offset == 0 && it->band != BAND_NONE)
        g_byte_array_append(seen->said[it->side], &band, 1);
    g_byte_array_append(seen->said[it->side], body, (guint)it->len);
}

static void look(content *seen, const finding *r, const payload *in)
{
    check(r->side == SW_FROM_CLIENT || r->side == SW_FROM_SERVER, "side of the frame");
    for (const item *it = r->first; it != NULL; it = it->next) {
        size_t all = it->in_text ? r->text_len : in->len;
        const uint8_t *bytes = it->in_text ? r->text : in->data;

        check(it->side == SW_FROM_CLIENT || it->side == SW_FROM_SERVER, "side");
        check(it->came_at <= in->len && it->came <= in->len - it->came_at, "marks");
        check(it->start <= all && it->header <= all - it->start && it->len <= all - it->start - it->header,
              "bytes");
        check(it->first_frame < in->frame, "first frame");
        note(seen, it, bytes + it->start + it->header);
    }
    check((r->first == NULL) == (r->last == NULL), "last item");
}

/* ---- feeding ---- */

/* A segment that is delayed waits for the next one. */
typedef struct wire {
    session *session;
    content *seen;
    uint32_t next[2]; /* sequence numbers */
    payload late;
    unsigned late_end;
    uint8_t *late_data;
} wire;

static void deliver(wire *w, unsigned end, payload *in)
{
    in->frame = ++w->seen->frames;
    look(w->seen, session_take(w->session, end, in), in);
}

static void deliver_late(wire *w)
{
    if (w->late_data != NULL)
        deliver(w, w->late_end, &w->late);
    free(w->late_data);
    w->late_data = NULL;
}

static void feed(wire *w, const observer_choices *choices, const observer_record *r, cutter *cut)
{
    unsigned side = r->side & 1;
    unsigned end = side ^ (choices->flags & OBSERVER_EXCHANGED);
    const trace *sent = &current->sent[side];
    size_t at = choices_number(r->at) % (sent->len + 1);
    size_t len = choices_number(r->len) % (sent->len - at + 1);
    uint32_t missing = choices_number(r->missing);
    size_t done = 0;

    w->seen->is_disturbed |= missing > 0 || (r->change & DELAYED) != 0;
    while (done < len) {
        size_t n = cutter_next(cut, len - done);
        uint8_t *copy = exact_copy(sent->data + at + done, n);
        payload in = { .seq = w->next[side], .data = copy, .len = (uint32_t)n };

        if (done == 0)
            copy[0] = (uint8_t)(copy[0] + (r->change & ~DELAYED));
        done += n;
        in.cut = done == len ? missing : 0;
        w->next[side] += in.len + in.cut;
        if ((r->change & DELAYED) && w->late_data == NULL && done == len) {
            w->late_data = copy;
            w->late = in;
            w->late_end = end;
        } else {
            deliver(w, end, &in);
            free(copy);
            deliver_late(w);
        }
    }
}

static void run(content *seen, const uint8_t *data, size_t size, int is_cut)
{
    observer_choices choices;
    cutter cut = { NULL, 0 };
    wire w = { .seen = seen, .next = { 0xffffff00u, 1000 } };

    scope = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    fake_crypto_init(&fake, 0);
    data = choices_read(&choices, sizeof(choices), data, &size);
    current = recorded_session_get(choices.session % RECORDED_SESSIONS);
    current_keys = current->keys;
    current_keys.server_key[0] ^= choices.flags & OBSERVER_WRONG_KEYS;
    source = (key_source)(choices.keys % 4);
    if (source == PRIVATE_KEY && (current->features & SW_FEATURES_SEALED)) /* which opens none of those */
        source = KEY_LOG;
    lookups = 0;
    if (is_cut)
        cut.sizes = choices.cuts;
    seen->said[0] = g_byte_array_new();
    seen->said[1] = g_byte_array_new();
    sessions_reset();
    w.session = session_new();
    for (int i = 0; size > 0 && i < RECORDS_MAX; i++) {
        observer_record r;

        data = choices_read(&r, sizeof(r), data, &size);
        feed(&w, &choices, &r, &cut);
    }
    deliver_late(&w);
    wmem_destroy_allocator(scope);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    content seen[2] = { { { NULL, NULL }, 0, 0 }, { { NULL, NULL }, 0, 0 } };

    for (int i = 0; i < 2; i++)
        run(&seen[i], data, size, i);
    for (int side = 0; side < 2; side++) {
        if (!seen[0].is_disturbed && source != LATE_KEY_LOG)
            check_bytes("content", seen[1].said[side]->data, seen[1].said[side]->len, seen[0].said[side]->data,
                        seen[0].said[side]->len);
        g_byte_array_free(seen[0].said[side], TRUE);
        g_byte_array_free(seen[1].said[side], TRUE);
    }
    return 0;
}
