/* SPDX-License-Identifier: ISC */
/* Names and numbers of status items [protocol, section 10]. */
#include "status_internal.h"

#include <string.h>

#include "../error_internal.h"
#include "../text.h"

/* Names [M] and their order [V, M]; the numbers are our own. */
static const sw_status_item items[] = {
    { 0x00, "file_size" },
    { 0x01, "mtime" },
    { 0x02, "status" },
    { 0x03, "status_flags" },
    { 0x04, "offset" },
    { 0x05, "afs_mode" },
    { 0x06, "stream_start" },
    { 0x07, "current_time" },

    { 0x08, "path" },
    { 0x09, "directory" },
    { 0x0a, "basename" },
    { 0x0b, "score" },
    { 0x0c, "attributes_bitmap" },
    { 0x0d, "attributes_txt" },
    { 0x0e, "hash" },
    { 0x0f, "image_id" },
    { 0x10, "image_name" },
    { 0x11, "lyrics_id" },
    { 0x12, "lyrics_name" },
    { 0x13, "bitrate" },
    { 0x14, "format" },
    { 0x15, "frequency" },
    { 0x16, "channels" },
    { 0x17, "duration" },
    { 0x18, "seconds_total" },
    { 0x19, "num_played" },
    { 0x1a, "last_played" },
    { 0x1b, "techinfo" },
    { 0x1c, "artist" },
    { 0x1d, "title" },
    { 0x1e, "year" },
    { 0x1f, "album" },
    { 0x20, "comment" },
    { 0x21, "amplification" },
    { 0x22, "chunk_time" },
    { 0x23, "num_chunks" },
    { 0x24, "max_chunk_size" },
};

const sw_status_table sw_status_items = { items, sizeof(items) / sizeof(items[0]) };

const sw_status_item *swi_status_find_number(const sw_status_table *table, unsigned number)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->items[i].number == number)
            return &table->items[i];
    return NULL;
}

const sw_status_item *swi_status_find_name(const sw_status_table *table, const char *name, size_t len)
{
    for (size_t i = 0; i < table->count; i++)
        if (swi_name_is(table->items[i].name, name, len))
            return &table->items[i];
    return NULL;
}

static int is_name(const char *name)
{
    size_t n = 0;

    for (; name[n] > ' ' && name[n] <= '~' && name[n] != ':'; n++)
        if (n == SW_STATUS_NAME_MAX)
            return 0;
    return n > 0 && name[n] == '\0';
}

int sw_status_table_check(const sw_status_table *table, sw_error *error)
{
    if (table == NULL || (table->items == NULL && table->count > 0))
        return swi_error_set(error, SW_E_NULL, 0, 0);
    for (size_t i = 0; i < table->count; i++) {
        const sw_status_item *item = &table->items[i];
        if (item->name == NULL)
            return swi_error_set(error, SW_E_NULL, 0, 0);
        /* what is found first is the item itself, unless there is another one like it */
        if (!is_name(item->name) || swi_status_find_number(table, item->number) != item ||
            swi_status_find_name(table, item->name, strlen(item->name)) != item)
            return swi_error_set(error, SW_E_CONFIG, i, table->count);
    }
    return swi_error_set(error, SW_OK, 0, 0);
}
