/* SPDX-License-Identifier: ISC */
/* Greeting and request, and by them who is who [protocol, sections 2 and 3]. */
#include "observer_internal.h"

#include "../packet_internal.h"

#include <string.h>

enum { EARLY_MAX = SW_HEADER_SIZE + SW_CHALLENGE_MAX };

static const char request_prefix[] = "auth rsa ";
static const char greeting_prefix[] = "This is para_server, version ";

/* ---- how ends are recognised ---- */

static int begins_with(const uint8_t *data, size_t len, const char *text, size_t text_len)
{
    if (memcmp(data, text, len < text_len ? len : text_len) != 0)
        return -1;
    return len >= text_len;
}

static int is_text(const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        int is_white = data[i] == '\n' || data[i] == '\r' || data[i] == '\t';

        if ((data[i] < 0x20 && !is_white) || data[i] == 0x7f)
            return 0;
    }
    return 1;
}

/* Is this the line with which a client asks for a suite? 1: *size is that of the line; 0: its beginning; -1: no. */
static int is_suite_line(const uint8_t *data, size_t len, sw_suite suite, size_t *size)
{
    const char *name = sw_suite_name(suite);
    const char *line[] = { "auth ", name, "\n" };
    size_t at = 0;

    for (int i = 0; i < 3; i++) {
        size_t n = strlen(line[i]);
        int result = begins_with(data + at, len - at, line[i], n);

        if (result <= 0)
            return result;
        at += n;
    }
    *size = at;
    return 1;
}

/* Which suite is asked for. -1: none; 0: that is not known yet. */
static int suite_asked(const uint8_t *data, size_t len, size_t *size)
{
    int best = -1;

    for (int suite = SW_SUITE_AESGCM; suite <= SW_SUITE_CHACHAPOLY; suite++) {
        int result = is_suite_line(data, len, (sw_suite)suite, size);

        if (result > 0)
            return suite;
        if (result == 0)
            best = 0;
    }
    return best;
}

int sw_observer_is_request(const uint8_t *data, size_t len)
{
    int plain = len == 0 ? 0 : begins_with(data, len, request_prefix, sizeof(request_prefix) - 1);
    size_t size;
    int suite = len == 0 ? 0 : suite_asked(data, len, &size);

    return plain > 0 || suite > 0 ? 1 : plain == 0 || suite == 0 ? 0 : -1;
}

int sw_observer_is_greeting(const uint8_t *data, size_t len)
{
    sw_greeting greeting;
    size_t used;
    int result;

    if (len == 0)
        return 0;
    if (begins_with(data, len, greeting_prefix, sizeof(greeting_prefix) - 1) == 1)
        return 1;
    sw_greeting_init(&greeting);
    result = sw_greeting_feed(&greeting, data, len, &used);
    if (result < 0 || !is_text(data, used))
        return -1;
    return result > 0 && greeting.lines > 0;
}

/* Where a features line ends, and with it the greeting. 0: there is none (yet). */
static size_t greeting_size(const uint8_t *data, size_t len)
{
    sw_greeting greeting;
    size_t used;

    sw_greeting_init(&greeting);
    return sw_greeting_feed(&greeting, data, len, &used) > 0 && is_text(data, used) ? used : 0;
}

static int is_pressed(const sw_observer_input *in)
{
    return in->full || swi_observer_is_final(in);
}

/* ---- who is who ---- */

/* Neither end is known yet. 1: now they are; 0: not yet; -1: this one says nothing that a session begins with. */
static int recognise(sw_observer *o, unsigned end, const sw_observer_input *in)
{
    const sw_observer_end *s = &o->ends[end];
    int request = sw_observer_is_request(in->data, in->len);

    if (request > 0) {
        o->client = end;
        return 1;
    }
    if (in->len == 0 || ((request == 0 || in->len < SW_HEADER_SIZE) && !is_pressed(in)))
        return 0;
    if (in->len >= SW_HEADER_SIZE && swi_observer_begins_with_proof(o, end, in))
        return 1;
    if (s->late == 0 && !o->ends[!end].spoke_otherwise && greeting_size(in->data, in->len) > 0) {
        o->client = !end;
        return 1;
    }
    return -1;
}

/* Nothing is said that a session begins with. How long is it waited for? */
static int wait_for_sense(sw_observer *o, unsigned end, const sw_observer_input *in)
{
    sw_observer_end *s = &o->ends[end];

    if (s->late != 0 && !is_pressed(in))
        return swi_observer_wait(s, SW_WAIT_OTHER);
    if (in->len < SW_SHA1_SIZE && !is_pressed(in)) /* of a candidate */
        return 0;
    s->spoke_otherwise = 1;
    if (o->ends[!end].spoke_otherwise || in->full || in->len > EARLY_MAX)
        o->rejected = 1;
    return 0;
}

/* ---- greeting ---- */

static int greeting_is(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event, size_t n)
{
    sw_observer_end *s = &o->ends[end];
    int is_holed = s->at > 0;

    s->state = END_PROOF;
    o->greeting_end = s->at + n;
    if (n == 0)
        return 0;
    swi_observer_tell(o, end, event, is_holed ? SW_OBSERVED_UNDECODED : SW_OBSERVED_GREETING);
    return swi_observer_give(s, in, event, n);
}

static size_t text_size(const uint8_t *data, size_t len)
{
    size_t n = 0;

    while (n < len && is_text(data + n, 1))
        n++;
    return n;
}

/* The client asks behind the greeting: where that is in the input. 0: it did not, or its features line comes all the same,
 * if the capture is not in order, or may. */
static size_t asked_behind(const sw_observer *o, unsigned end, const sw_observer_input *in, size_t text)
{
    static const char prefix[] = "Features: ";
    uint64_t said = swi_observer_reached(o, end, 0);
    size_t n = said > o->ends[end].at ? (size_t)(said - o->ends[end].at) : 0;

    if (n == 0 || n > text || in->data[n - 1] != '\n')
        return 0;
    return begins_with(in->data + n, in->len - n, prefix, sizeof(prefix) - 1) < 0 ? n : 0;
}

/* The text before something else ends with a challenge, or else with its first line. */
static size_t text_greeting_size(const sw_observer_input *in, size_t text)
{
    const uint8_t *lf = memchr(in->data, '\n', text);

    for (size_t at = 0; at <= text && at + SW_HEADER_SIZE <= in->len; at++)
        if (swi_observer_is_challenge(in->data + at))
            return at;
    return lf != NULL ? (size_t)(lf - in->data) + 1 : 0;
}

static int take_greeting(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    size_t text = text_size(in->data, in->len);
    size_t left = in->len - text;
    size_t featured = greeting_size(in->data, in->len);
    size_t asked = asked_behind(o, end, in, text);

    if (featured > 0 && asked == 0) {
        o->featured = o->ends[end].at == 0;
        return greeting_is(o, end, in, event, featured);
    }
    if (asked > 0)
        return greeting_is(o, end, in, event, asked);
    if (left < SW_HEADER_SIZE && !is_pressed(in))
        return 0;
    return greeting_is(o, end, in, event, left > 0 ? text_greeting_size(in, text) : in->len);
}

/* ---- request ---- */

/* Its length without the end mark: NUL, LF or CR LF. Something that is none stands before. */
static size_t bare_length(const uint8_t *text, size_t len)
{
    if (text[len - 1] == '\0')
        return len - 1;
    if (text[len - 1] == '\n')
        return text[len - 2] == '\r' ? len - 2 : len - 1;
    return len;
}

/* A NUL or LF ends it. A NUL may also be in the header of the response, behind one byte of that. 0: neither is there,
 * or it is not clear yet which. */
static size_t marked_size(const uint8_t *text, size_t len, int pressed)
{
    const uint8_t *nul = memchr(text, '\0', len);
    const uint8_t *lf = memchr(text, '\n', nul != NULL ? (size_t)(nul - text) : len);
    size_t at = nul != NULL ? (size_t)(nul - text) : 0;

    if (lf != NULL)
        return (size_t)(lf - text) + 1;
    if (nul == NULL || (len - at < SW_HEADER_SIZE - 1 && !pressed))
        return 0;
    if (len - at >= SW_HEADER_SIZE - 1 && nul[1] == 0 && nul[2] == 0 && nul[3] == SW_BAND_CHALLENGE_RESPONSE)
        return at - 1;
    return at + 1;
}

/* How far the client had come when the server answered the request; 0: it has not. */
static uint64_t answered_at(const sw_observer *o, unsigned end)
{
    return o->ends[!end].state != END_OPENING ? swi_observer_reached(o, end, o->greeting_end) : 0;
}

/* Where the request ends; 0: that is not known yet, or not here. */
static size_t request_size(const sw_observer *o, unsigned end, const sw_observer_input *in)
{
    size_t marked = marked_size(in->data, in->len, is_pressed(in));
    uint64_t answered = answered_at(o, end);

    if (answered > 0 && answered <= in->len && (marked == 0 || answered < marked))
        return (size_t)answered;
    return marked > 0 || in->missing > 0 || !is_pressed(in) ? marked : in->len;
}

/* What came of a request whose rest is missing, on which nobody relies: behind the hole the client may go on all the same. */
static int take_cut_request(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    swi_observer_tell(o, end, event, SW_OBSERVED_UNDECODED);
    return swi_observer_give(&o->ends[end], in, event, in->len);
}

static int take_sealed_request(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event,
                               int suite, size_t n)
{
    sw_observer_end *s = &o->ends[end];

    swi_observer_tell(o, end, event, SW_OBSERVED_REQUEST);
    o->requested = 1;
    o->features =
        SW_FEATURE_SIDEBAND | (suite == SW_SUITE_AESGCM ? SW_FEATURE_NOISE_AESGCM : SW_FEATURE_NOISE_CHACHAPOLY);
    event->request.features = o->features;
    s->state = END_PROOF;
    return swi_observer_give(s, in, event, n);
}

static int take_request(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];
    int begun = sw_observer_is_request(in->data, in->len);
    size_t n = 0;
    int suite = suite_asked(in->data, in->len, &n);

    if (suite > 0)
        return take_sealed_request(o, end, in, event, suite, n);
    if (begun < 0 || (begun == 0 && is_pressed(in) && in->missing == 0)) {
        o->rejected = 1;
        return 0;
    }
    n = begun > 0 ? request_size(o, end, in) : 0;
    if (n == 0 && in->missing > 0 && (begun == 0 || in->full || answered_at(o, end) > in->len))
        return take_cut_request(o, end, in, event);
    if (n == 0 && in->len > SW_REQUEST_MAX)
        o->rejected = 1;
    if (n == 0)
        return swi_observer_wait(s, begun > 0 ? SW_WAIT_OTHER : SW_WAIT_MORE);
    swi_observer_tell(o, end, event, SW_OBSERVED_REQUEST);
    sw_request_parse(in->data, bare_length(in->data, n), &event->request, &event->error);
    s->state = END_BROKEN;
    if (event->error.code == SW_OK) {
        o->requested = 1;
        o->features = event->request.features;
        s->state = END_PROOF;
    }
    swi_observer_give(s, in, event, n);
    o->request_end = s->at;
    return 1;
}

/* ---- holes, and both ---- */

static void note_lost(sw_observer_end *s, uint64_t n)
{
    if (s->lost == 0)
        s->lost_at = s->at;
    s->lost += n;
}

int swi_observer_tell_lost(sw_observer *o, unsigned end, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];

    swi_observer_tell(o, end, event, SW_OBSERVED_LOST);
    event->at = event->message_at = s->lost_at;
    event->missing = s->lost;
    s->lost = 0;
    if (end == o->client && s->state == END_OPENING)
        s->state = END_PROOF; /* half a request cannot be relied on */
    return 1;
}

int swi_observe_opening_hole(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];

    note_lost(s, in->missing);
    s->at += in->missing;
    in->missing = 0;
    if (o->client == NO_CLIENT)
        return 0;
    return swi_observer_tell_lost(o, end, event);
}

int swi_observe_opening(sw_observer *o, unsigned end, sw_observer_input *in, sw_observer_event *event)
{
    sw_observer_end *s = &o->ends[end];
    int known = 1;

    if (o->client == NO_CLIENT) {
        known = recognise(o, end, in);
        if (known < 0 && swi_observer_tell_candidate(o, end, in, event))
            return 1;
        if (known < 0)
            wait_for_sense(o, end, in);
    }
    if (known <= 0) {
        if (in->missing > 0 && !o->rejected) { /* what came of a greeting is lost with its rest */
            note_lost(s, in->len);
            swi_observer_take(s, in, in->len);
        }
        return 0;
    }
    if (s->lost > 0)
        return swi_observer_tell_lost(o, end, event);
    if (in->len == 0 || s->state != END_OPENING)
        return 0;
    return end == o->client ? take_request(o, end, in, event) : take_greeting(o, end, in, event);
}
