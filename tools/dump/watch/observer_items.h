/* The items of an observer: collecting their bytes, and showing them. */
#ifndef SIDEWIRE_DUMP_OBSERVER_ITEMS_H
#define SIDEWIRE_DUMP_OBSERVER_ITEMS_H

#include "observer_internal.h"

void buffer_add(buffer *b, const uint8_t *data, size_t n, size_t max);

/* Starts collecting an item, unless one has begun. */
void item_start(side *s, int64_t time);
/* Adds n bytes to it, of which the first ones, up to `max` or to a hole, are kept. */
void item_add(side *s, const uint8_t *data, size_t n, size_t max);
/* Adds n bytes of a body or a run of text; if all of it is wanted, in parts. */
void item_add_body(observer *o, from who, const uint8_t *data, size_t n);
/* How many bytes of it are behind us. */
uint64_t item_position(const side *s);
/* Is what is being collected shown in parts if it is large or has a hole? */
int is_in_parts(const observer *o, from who);
/* What was collected so far, as an item. */
item item_collected(const side *s, from who, item_kind kind);
/* Shows an item that was collected, and is ready for the next one. */
void item_show(observer *o, item *what);

/* An item that is only a number of bytes. */
void show_count(observer *o, from who, item_kind kind, int64_t time, uint64_t n);
/* n bytes are missing in the item that is being collected: shows what came before them, if parts
 * are wanted, and them. */
void show_hole(observer *o, from who, int64_t time, uint64_t n);
void show_greeting(observer *o);

#endif
