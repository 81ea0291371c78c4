/* SPDX-License-Identifier: ISC */
/* What sessions want of records, who have text elsewhere, and observers, who go on where a receiver would not. */
#ifndef SIDEWIRE_SRC_RECORD_INTERNAL_H
#define SIDEWIRE_SRC_RECORD_INTERNAL_H

#include <sidewire/record.h>

enum { SWI_RECORD_MIN = SW_RECORD_TAG_SIZE + 1 }; /* of n: one byte of text */

/* As sw_record_seal, but of the text only bytes[SW_RECORD_HEADER_SIZE..][0..head) is in place; what goes on behind it
 * is data[0..len), which does not overlap the record, and may be NULL if len is 0. */
int swi_record_seal_from(sw_record *record, uint8_t *bytes, size_t head, const uint8_t *data, size_t len);

/* Opens the next record in place, whose n bytes behind the header these are: SW_OK; 1: it does not verify, its bytes are not
 * to be used, and its number is still due; SW_E_COUNTER, SW_E_AEAD. */
int swi_record_unseal(sw_record *record, uint8_t *text, size_t n);

/* The record of that number, not below the present one, is due. SW_OK, SW_E_AEAD. */
int swi_record_seek(sw_record *record, uint64_t counter);

/* Would that be the record of that number, not below the present one? 1 or 0; the bytes stay as they are. SW_E_AEAD. */
int swi_record_fits(const sw_record *record, uint64_t counter, uint8_t *text, size_t n);

#endif
