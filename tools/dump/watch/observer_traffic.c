/* Packets, and the decrypted text of legacy sessions [protocol, sections 7 to 9]. */
#include "observer_items.h"

#include "allocate.h"

#include <stdlib.h>
#include <string.h>

static const char proceed_text[] = SW_LEGACY_PROCEED;
enum { PROCEED_LEN = sizeof(proceed_text) - 1 };

/* Legacy text that follows after a pause of this many nanoseconds is shown apart. */
static const int64_t run_pause = 1000000000;

void side_fail(observer *o, from who, size_t n, sw_error error)
{
    side *s = &o->sides[who];

    s->passed += n;
    s->passed_time = s->time;
    side_break(o, who, error);
}

static void show_command(observer *o, from who, int legacy)
{
    side *s = &o->sides[who];
    item what = item_collected(s, who, ITEM_COMMAND);
    sw_argument *argv = allocate((s->kept.len + 1) * sizeof(*argv));

    if (what.size > SW_COMMAND_MAX) {
        what.error.code = SW_E_COMMAND_SIZE;
        what.error.value = what.size;
        what.error.limit = SW_COMMAND_MAX;
    } else if (s->missing > 0) {
        what.error.code = SW_E_TRUNCATED;
        what.error.value = s->came;
        what.error.limit = what.size;
    } else if (legacy) {
        sw_command_decode_legacy(s->kept.data, s->kept.len, argv, s->kept.len, &what.arguments,
                                 &what.error);
    } else {
        sw_command_decode(s->kept.data, s->kept.len, argv, s->kept.len, &what.arguments,
                          &what.error);
    }
    what.argv = argv;
    item_show(o, &what);
    free(argv);
}

/* ---- packets ---- */

/* The only band that this side's next packet may have, or SW_BAND_ANY. */
static unsigned expected_band(const side *s, from who)
{
    if (s->state == SIDE_PROOF)
        return who == FROM_SERVER ? SW_BAND_CHALLENGE : SW_BAND_CHALLENGE_RESPONSE;
    return who == FROM_SERVER && !s->greeted ? SW_BAND_PROCEED : SW_BAND_ANY;
}

/* A wrong band is how decryption with a wrong key stream shows. */
static sw_error check_packet(const side *s, from who, const sw_chunk *chunk)
{
    unsigned expected = expected_band(s, who);
    sw_error error = { SW_OK, chunk->band, expected };

    if (expected != SW_BAND_ANY && chunk->band != expected) {
        error.code = SW_E_BAND;
    } else if (chunk->band == SW_BAND_ANY || chunk->band >= SW_BAND_COUNT) {
        error.code = SW_E_UNEXPECTED;
    } else if (chunk->band == SW_BAND_PROCEED && chunk->size > 0) {
        error.code = SW_E_NOT_EMPTY;
        error.value = chunk->size;
    }
    return error;
}

int packet_begin(observer *o, from who, const sw_chunk *chunk)
{
    side *s = &o->sides[who];
    sw_error error = check_packet(s, who, chunk);

    if (error.code < 0) {
        side_fail(o, who, SW_HEADER_SIZE + chunk->len, error);
        return 0;
    }
    s->band = chunk->band;
    s->size = chunk->size;
    return 1;
}

void packet_complete(observer *o, from who)
{
    side *s = &o->sides[who];
    item what;

    if (s->state == SIDE_PROOF) {
        proof_complete(o, who);
        return;
    }
    if (s->band == SW_BAND_COMMAND) {
        show_command(o, who, 0);
        return;
    }
    if (s->band == SW_BAND_EXIT_SUCCESS || s->band == SW_BAND_EXIT_FAILURE)
        o->exit_status = s->band == SW_BAND_EXIT_FAILURE;
    s->greeted = 1;
    what = item_collected(s, who, s->band == SW_BAND_PROCEED ? ITEM_PROCEED : ITEM_DATA);
    item_show(o, &what);
}

size_t take_packets(observer *o, from who, int64_t time, uint8_t *data, size_t len)
{
    side *s = &o->sides[who];
    sw_chunk chunk;
    size_t used;
    int result;

    item_start(s, time);
    result = sw_decoder_next(&s->decoder, data, len, &used, &chunk);
    if (result < 0)
        side_fail(o, who, SW_HEADER_SIZE, sw_decoder_error(&s->decoder));
    if (result <= 0)
        return used;
    if (sw_chunk_is_first(&chunk) && !packet_begin(o, who, &chunk))
        return used;
    if (s->state == SIDE_PROOF)
        item_add(s, chunk.data, chunk.len, SW_CHALLENGE_MAX);
    else if (s->band == SW_BAND_COMMAND)
        item_add(s, chunk.data, chunk.len, SW_COMMAND_MAX);
    else
        item_add_body(o, who, chunk.data, chunk.len);
    if (sw_chunk_is_last(&chunk))
        packet_complete(o, who);
    return used;
}

/* No other key follows, so all is decrypted at once. 0, or -1: the side was given up. */
static int decrypt(observer *o, from who, uint8_t *data, size_t len)
{
    sw_error error = { SW_OK, 0, 0 };

    error.code = sw_cipher_apply(&o->sides[who].cipher, data, data, len);
    if (error.code < 0)
        side_fail(o, who, len, error);
    return error.code < 0 ? -1 : 0;
}

/* The decoder knows of no cipher. */
size_t take_encrypted(observer *o, from who, int64_t time, uint8_t *data, size_t len)
{
    const side *s = &o->sides[who];
    size_t used = 0;

    if (decrypt(o, who, data, len) < 0)
        return len;
    while (used < len && s->state == SIDE_PACKETS)
        used += take_packets(o, who, time, data + used, len - used);
    return used;
}

/* ---- legacy text ---- */

void text_end_run(observer *o, from who)
{
    side *s = &o->sides[who];
    item what;

    if (s->state != SIDE_TEXT || !s->greeted || !s->collecting)
        return;
    what = item_collected(s, who, ITEM_DATA);
    item_show(o, &what);
}

static size_t take_proceed(observer *o, int64_t time, const uint8_t *data, size_t len)
{
    static const sw_error wrong = { SW_E_PROCEED, 0, 0 };
    side *s = &o->sides[FROM_SERVER];
    item what;

    item_start(s, time);
    s->size = PROCEED_LEN;
    if (len > PROCEED_LEN - s->kept.len)
        len = PROCEED_LEN - s->kept.len;
    item_add(s, data, len, PROCEED_LEN);
    if (s->kept.len < PROCEED_LEN)
        return len;
    if (memcmp(s->kept.data, proceed_text, PROCEED_LEN) != 0) {
        side_fail(o, FROM_SERVER, PROCEED_LEN, wrong);
        return len;
    }
    s->greeted = 1;
    what = item_collected(s, FROM_SERVER, ITEM_PROCEED);
    item_show(o, &what);
    return len;
}

static size_t take_legacy_command(observer *o, int64_t time, const uint8_t *data, size_t len)
{
    static const sw_error too_long = { SW_E_COMMAND_SIZE, SW_COMMAND_MAX + 1, SW_COMMAND_MAX };
    side *s = &o->sides[FROM_CLIENT];

    item_start(s, time);
    for (size_t i = 0; i < len; i++) {
        item_add(s, data + i, 1, SW_COMMAND_MAX);
        if (data[i] == '\n' && sw_command_legacy_complete(s->kept.data, s->kept.len)) {
            s->greeted = 1;
            show_command(o, FROM_CLIENT, 1);
            return i + 1;
        }
        if (s->came > SW_COMMAND_MAX) {
            side_fail(o, FROM_CLIENT, (size_t)s->came, too_long);
            return i + 1;
        }
    }
    return len;
}

size_t take_text(observer *o, from who, int64_t time, uint8_t *data, size_t len)
{
    side *s = &o->sides[who];
    size_t used = 0;

    if (decrypt(o, who, data, len) < 0)
        return len;
    if (!s->greeted)
        used = who == FROM_SERVER ? take_proceed(o, time, data, len)
                                  : take_legacy_command(o, time, data, len);
    if (s->state != SIDE_TEXT) {
        s->passed += len - used;
    } else if (used < len) {
        if (time - s->last > run_pause)
            text_end_run(o, who);
        item_start(s, time);
        item_add_body(o, who, data + used, len - used);
    }
    return len;
}

/* ---- the end ---- */

/* A packet that is not complete. */
static sw_error show_partial_packet(observer *o, from who)
{
    side *s = &o->sides[who];
    sw_error error = sw_decoder_end(&s->decoder);
    item what;

    if (s->size == 0) { /* nothing but a header, or not even that */
        s->passed += error.value;
        s->passed_time = s->time;
        s->collecting = 0;
        return error;
    }
    what = item_collected(s, who, ITEM_DATA);
    if (s->state == SIDE_PROOF)
        what.kind = who == FROM_SERVER ? ITEM_CHALLENGE : ITEM_RESPONSE;
    else if (s->band == SW_BAND_COMMAND)
        what.kind = ITEM_COMMAND;
    what.error = error;
    item_show(o, &what);
    return error;
}

/* Legacy: a message that is not complete. */
static sw_error show_partial_text(observer *o, from who)
{
    side *s = &o->sides[who];
    item what = item_collected(s, who, ITEM_RESPONSE);

    what.error.code = SW_E_TRUNCATED;
    what.error.value = s->came;
    what.error.limit = s->size;
    if (s->state == SIDE_TEXT && who == FROM_SERVER)
        what.kind = ITEM_PROCEED;
    if (s->state == SIDE_TEXT && who == FROM_CLIENT) {
        what.kind = ITEM_COMMAND;
        what.error.code = SW_E_NO_COMMAND;
    }
    item_show(o, &what);
    return what.error;
}

sw_error show_unfinished(observer *o, from who)
{
    side *s = &o->sides[who];
    sw_error error = { SW_OK, 0, 0 };

    text_end_run(o, who);
    if (!s->collecting)
        return error;
    if (s->state == SIDE_PROOF && !o->info.request_seen) {
        s->passed += s->came;
        s->passed_time = s->time;
    } else if (s->state == SIDE_PACKETS ||
               (s->state == SIDE_PROOF && o->info.features & SW_FEATURE_SIDEBAND)) {
        error = show_partial_packet(o, who);
    } else if (s->state == SIDE_PROOF && who == FROM_SERVER) {
        challenge_end(o);
    } else if (s->state == SIDE_PROOF || s->state == SIDE_TEXT) {
        error = show_partial_text(o, who);
    }
    return error;
}
