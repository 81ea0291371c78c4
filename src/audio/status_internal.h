/* SPDX-License-Identifier: ISC */
/* Lookup in tables of status items. */
#ifndef SIDEWIRE_SRC_AUDIO_STATUS_INTERNAL_H
#define SIDEWIRE_SRC_AUDIO_STATUS_INTERNAL_H

#include <sidewire/audio/status.h>

/* NULL: not in the table, or no table. */
const sw_status_item *swi_status_find_number(const sw_status_table *table, unsigned number);
const sw_status_item *swi_status_find_name(const sw_status_table *table, const char *name, size_t len);

#endif
