/* SPDX-License-Identifier: ISC */
/* DATA frames of an HTTP/2 response, read by nghttp2. */
#include "packets.h"

#include <nghttp2/nghttp2.h>
#include <stdlib.h>
#include <string.h>

enum { STREAM = 1, FRAME_HEADER_SIZE = 9 };

typedef struct response {
    contender contender;
    const packet_plan *plan;
    packet_tally tally;
    uint8_t *bytes;
    size_t size;
    nghttp2_session *session;
} response;

static size_t write_header(uint8_t *out, uint32_t body)
{
    memset(out, 0, FRAME_HEADER_SIZE);
    out[0] = (uint8_t)(body >> 16);
    out[1] = (uint8_t)(body >> 8);
    out[2] = (uint8_t)body;
    out[3] = NGHTTP2_DATA;
    out[8] = STREAM;
    return FRAME_HEADER_SIZE;
}

/* A frame that is whole in the input is one call. */
static int take_data(nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *data, size_t len,
                     void *context)
{
    response *r = context;

    (void)session, (void)flags, (void)stream;
    r->tally.count++;
    r->tally.bytes += len;
    r->tally.marks += data[0];
    return 0;
}

static void receive(response *r, const uint8_t *bytes, size_t size)
{
    ssize_t n = nghttp2_session_mem_recv(r->session, bytes, size);

    if (n < 0 || (size_t)n != size)
        fail("nghttp2: %s", n < 0 ? nghttp2_strerror((int)n) : "not all taken");
}

/* What it wants to send, window updates for example, goes nowhere. */
static void discard_output(response *r)
{
    const uint8_t *data;
    ssize_t n;

    while ((n = nghttp2_session_mem_send(r->session, &data)) > 0)
        ;
    if (n < 0)
        fail("nghttp2: %s", nghttp2_strerror((int)n));
}

static void run(void *context)
{
    response *r = context;

    memset(&r->tally, 0, sizeof(r->tally));
    for (size_t pass = 0; pass < r->plan->passes; pass++) {
        receive(r, r->bytes, r->size);
        discard_output(r);
    }
    packets_check(r->plan, &r->tally, r->contender.name);
}

static void stop(void *context)
{
    response *r = context;

    nghttp2_session_del(r->session);
    free(r->bytes);
    free(r);
}

/* A request, and the beginning of its response: SETTINGS, and HEADERS with `:status: 200`. The
 * windows are as large as they can be. */
static void start_response(response *r)
{
    static const uint8_t beginning[] = {
        0, 0, 0, NGHTTP2_SETTINGS, 0,   0, 0, 0, 0, 0, 0, 1, NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS,
        0, 0, 0, STREAM,           0x88
    };
    static uint8_t texts[4][2][16] = {
        { ":method", "GET" }, { ":scheme", "http" }, { ":path", "/" }, { ":authority", "localhost" }
    };
    nghttp2_nv request[4];

    for (int i = 0; i < 4; i++)
        request[i] = (nghttp2_nv){ texts[i][0], texts[i][1], strlen((char *)texts[i][0]),
                                   strlen((char *)texts[i][1]), NGHTTP2_NV_FLAG_NONE };
    nghttp2_submit_settings(r->session, NGHTTP2_FLAG_NONE, NULL, 0);
    if (nghttp2_submit_request(r->session, NULL, request, 4, NULL, NULL) != STREAM)
        fail("nghttp2: no stream");
    discard_output(r);
    nghttp2_session_set_local_window_size(r->session, NGHTTP2_FLAG_NONE, 0, INT32_MAX);
    nghttp2_session_set_local_window_size(r->session, NGHTTP2_FLAG_NONE, STREAM, INT32_MAX);
    discard_output(r);
    receive(r, beginning, sizeof(beginning));
    discard_output(r);
}

contender *packets_nghttp2(const packet_plan *plan)
{
    nghttp2_session_callbacks *callbacks;
    response *r = calloc(1, sizeof(*r));

    if (r == NULL || nghttp2_session_callbacks_new(&callbacks) != 0)
        fail("no memory");
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, take_data);
    if (nghttp2_session_client_new(&r->session, callbacks, r) != 0)
        fail("no memory");
    nghttp2_session_callbacks_del(callbacks);
    r->contender.name = "nghttp2";
    r->contender.run = run;
    r->contender.stop = stop;
    r->contender.context = r;
    r->contender.units = (double)plan->count * (double)plan->passes;
    r->plan = plan;
    r->bytes = packets_build(plan, write_header, &r->size);
    start_response(r);
    return &r->contender;
}
