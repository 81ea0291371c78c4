/* Turns bytes of the peer into text that cannot act on a terminal, nor be read for something else than it
 * is: ASCII without control characters other than LF and TAB, and UTF-8 without control characters
 * and without those that are not seen, but turn the direction of others around, end lines, or hide
 * in words. Any other byte is \xNN. */
#ifndef SIDEWIRE_TOOLS_PRINTABLE_H
#define SIDEWIRE_TOOLS_PRINTABLE_H

#include <stddef.h>
#include <stdint.h>

enum { PRINTABLE_MAX = 16 };     /* bytes that one call can give */

/* State of one stream, which may be cut anywhere. Zeroed, it is at the start of one. */
typedef struct printable {
    int ascii_only;
    uint8_t partial[4];          /* a UTF-8 sequence not yet complete */
    uint8_t have, need;
} printable;

/* Is this a Unicode character of the kinds that are left out? */
int printable_is_hidden(uint32_t code);

/* Both return how many bytes they wrote to out. */
size_t printable_byte(printable *state, uint8_t byte, char out[PRINTABLE_MAX]);
/* The stream is over: what is incomplete stays so. */
size_t printable_end(printable *state, char out[PRINTABLE_MAX]);

#endif
