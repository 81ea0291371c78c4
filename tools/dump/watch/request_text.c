/* SPDX-License-Identifier: ISC */
#include "request_text.h"

#include <sidewire/packet.h>

#include <string.h>

size_t request_size(const uint8_t *text, size_t len, int *sure)
{
    const uint8_t *nul = len > 0 ? memchr(text, '\0', len) : NULL;
    size_t at = nul != NULL ? (size_t)(nul - text) : 0;

    *sure = nul != NULL && len - at >= SW_HEADER_SIZE - 1;
    if (nul == NULL)
        return len;
    if (*sure && at > 0 && nul[1] == 0 && nul[2] == 0 && nul[3] == SW_BAND_CHALLENGE_RESPONSE)
        return at - 1;
    return at + 1;
}

/* Its length without the end mark: NUL, LF or CR LF. */
static size_t bare_length(const uint8_t *text, size_t len)
{
    if (len > 0 && text[len - 1] == '\0')
        return len - 1;
    if (len > 1 && text[len - 1] == '\n' && text[len - 2] == '\r')
        return len - 2;
    return len > 0 && text[len - 1] == '\n' ? len - 1 : len;
}

int request_parse(const uint8_t *text, size_t len, sw_request *request, sw_error *error)
{
    return sw_request_parse(text, bare_length(text, len), request, error);
}
