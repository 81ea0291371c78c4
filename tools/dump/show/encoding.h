/* SPDX-License-Identifier: ISC */
/* Bytes of any kind inside of JSON. What is written is ASCII without control characters. */
#ifndef SIDEWIRE_DUMP_ENCODING_H
#define SIDEWIRE_DUMP_ENCODING_H

#include "writer.h"

/* Well-formed, as Unicode defines it: nothing overlong, no surrogates. */
int is_utf8(const uint8_t *data, size_t len);

/* A JSON string with its quotes. The bytes have to be UTF-8. */
void put_json_string(writer *w, const uint8_t *data, size_t len);

/* A JSON string of text that is ours. */
void put_json_text(writer *w, const char *text);

/* A number; as a string of digits if it is above 2^53 - 1, which readers of JSON may round. */
void put_json_number(writer *w, uint64_t n);

/* RFC 4648, section 4, with padding, without quotes. */
void put_base64(writer *w, const uint8_t *data, size_t len);

#endif
