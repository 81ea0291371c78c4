/* SPDX-License-Identifier: ISC */
#define ZLIB_CONST /* zlib only reads what it is given */
#include "unpack.h"

#include "watch/allocate.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

struct unpacker {
    int is_gzip;
    int inside; /* of a compressed part, which has to end */
    z_stream zlib;
    ZSTD_DStream *zstd;
};

static const uint8_t gzip_magic[] = { 0x1f, 0x8b, 8 };
static const uint8_t zstd_magic[] = { 0x28, 0xb5, 0x2f, 0xfd };

static int begins_with(const uint8_t *data, size_t len, const uint8_t *magic, size_t magic_len)
{
    return len >= magic_len && memcmp(data, magic, magic_len) == 0;
}

unpacker *unpacker_new(const uint8_t *data, size_t len)
{
    enum { LARGEST_WINDOW = 15, GZIP_HEADER = 16 };
    int is_gzip = begins_with(data, len, gzip_magic, sizeof(gzip_magic));
    unpacker *u;

    if (!is_gzip && !begins_with(data, len, zstd_magic, sizeof(zstd_magic)))
        return NULL;
    u = allocate(sizeof(*u));
    u->is_gzip = is_gzip;
    if (is_gzip ? inflateInit2(&u->zlib, LARGEST_WINDOW + GZIP_HEADER) == Z_OK
                : (u->zstd = ZSTD_createDStream()) != NULL)
        return u;
    unpacker_free(u);
    allocation_failed();
}

static int run_gzip(unpacker *u, const uint8_t *data, size_t len, size_t *used, uint8_t *out, size_t size,
                    size_t *made, char why[CAPTURE_WHY_SIZE])
{
    int result;

    if (!u->inside)
        inflateReset(&u->zlib);
    u->inside = 1;
    u->zlib.next_in = data;
    u->zlib.avail_in = len < UINT_MAX ? (unsigned)len : UINT_MAX;
    u->zlib.next_out = out;
    u->zlib.avail_out = size < UINT_MAX ? (unsigned)size : UINT_MAX;
    result = inflate(&u->zlib, Z_NO_FLUSH);
    *used = (size_t)(u->zlib.next_in - data);
    *made = (size_t)(u->zlib.next_out - out);
    if (result == Z_STREAM_END)
        u->inside = 0;
    if (result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR)
        return 0; /* the last: it needs more */
    snprintf(why, CAPTURE_WHY_SIZE, "the gzip file is damaged: %s",
             u->zlib.msg != NULL ? u->zlib.msg : zError(result));
    return -1;
}

static int run_zstd(unpacker *u, const uint8_t *data, size_t len, size_t *used, uint8_t *out, size_t size,
                    size_t *made, char why[CAPTURE_WHY_SIZE])
{
    ZSTD_inBuffer from = { data, len, 0 };
    ZSTD_outBuffer to = { out, size, 0 };
    size_t result = ZSTD_decompressStream(u->zstd, &to, &from);

    *used = from.pos;
    *made = to.pos;
    u->inside = result != 0;
    if (!ZSTD_isError(result))
        return 0;
    snprintf(why, CAPTURE_WHY_SIZE, "the zstd file is damaged: %s", ZSTD_getErrorName(result));
    return -1;
}

int unpacker_run(unpacker *u, const uint8_t *data, size_t len, size_t *used, uint8_t *out, size_t size,
                 size_t *made, char why[CAPTURE_WHY_SIZE])
{
    *used = *made = 0;
    if (!u->inside && len == 0)
        return 0;
    return u->is_gzip ? run_gzip(u, data, len, used, out, size, made, why)
                      : run_zstd(u, data, len, used, out, size, made, why);
}

int unpacker_end(const unpacker *u, char why[CAPTURE_WHY_SIZE])
{
    if (!u->inside)
        return 0;
    snprintf(why, CAPTURE_WHY_SIZE, "the %s file is cut off", u->is_gzip ? "gzip" : "zstd");
    return -1;
}

void unpacker_free(unpacker *u)
{
    if (u == NULL)
        return;
    if (u->is_gzip)
        inflateEnd(&u->zlib);
    ZSTD_freeDStream(u->zstd);
    free(u);
}
