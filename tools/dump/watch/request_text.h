/* SPDX-License-Identifier: ISC */
/* The auth request as it lies in a stream, where nothing needs to mark its end [protocol, section
 * 3]. */
#ifndef SIDEWIRE_DUMP_REQUEST_TEXT_H
#define SIDEWIRE_DUMP_REQUEST_TEXT_H

#include <sidewire/messages.h>

/* Where the request at the beginning of a text ends: at a NUL, its optional end mark, or at the
 * header of a response packet, whose zeros no request has, or nowhere yet. *sure: not only so
 * far. */
size_t request_size(const uint8_t *text, size_t len, int *sure);

/* As sw_request_parse, for a text with or without end mark. */
int request_parse(const uint8_t *text, size_t len, sw_request *request, sw_error *error);

#endif
