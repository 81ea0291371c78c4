/* SPDX-License-Identifier: ISC */
/* Sessions in words: what all outputs say alike. Texts are NUL-terminated, and cut if too long;
 * they may hold bytes from a capture, which are escaped by whoever prints them. */
#ifndef SIDEWIRE_DUMP_DESCRIBE_H
#define SIDEWIRE_DUMP_DESCRIBE_H

#include "watch/events.h"

enum { ENDPOINT_TEXT_SIZE = 64, DATE_TEXT_SIZE = 40, NOTE_SIZE = 512, OUTCOME_SIZE = 1024 };

/* By `from`: "client", "server"; "C>S", "S>C". */
extern const char *const side_names[2];
extern const char *const arrow_names[2];

/* In small letters; ITEM_DATA is "data". */
const char *kind_name(item_kind kind);
/* The band, or the kind of what is in no packet. */
const char *item_name(const item *what);
/* Is it about bytes that should be there, but are not or make no sense? */
int item_is_fault(const item *what);
/* Or is it a message, of which something can be shown? */
int item_is_message(const item *what);

/* Are its keys known? */
int session_is_open(const session_info *info);

/* Nanoseconds since the session's first packet. Captures need not be in order: may be negative. */
int64_t relative_time(const session_info *info, int64_t time);

/* `192.0.2.1:2990`, `[2001:db8::1]:2990`, and the address alone. */
void describe_endpoint(const endpoint *e, char out[ENDPOINT_TEXT_SIZE]);
void describe_address(const endpoint *e, char out[ENDPOINT_TEXT_SIZE]);

/* `2026-01-31 23:59:59.123456 UTC`. */
void describe_date(int64_t time, char out[DATE_TEXT_SIZE]);

const char *cipher_name(unsigned features);
/* "sideband", "legacy" or "sealed". */
const char *mode_name(unsigned features);
/* `ssh-ed25519`, as SSH calls kinds of keys; of the user of a sealed session. */
const char *user_key_name(const session_info *info);

/* Words for an error. Where a capture ends early, no connection was closed. */
void describe_error(const sw_error *error, char *out, size_t size);

/* What there is to say of an item that has no body to show, or of its body; may be empty. */
void describe_item(const session_info *info, const item *what, char out[NOTE_SIZE]);
/* What is wrong with it; may be empty. */
void describe_fault(const item *what, char out[NOTE_SIZE]);

/* How a session ended, on one line. */
void text_outcome(const session_info *info, const outcome *how, char *out, size_t size);

#endif
