/* SPDX-License-Identifier: ISC */
/* Turns bytes of a peer, a file or a user into text that cannot act on a terminal, nor be read for
 * something else than it is. All that people see of such bytes goes through here.
 *
 * Printable ASCII stays, and in UTF-8 all characters but those of the general categories Cc, Cf, Cn,
 * Co, Cs, Zl and Zp of Unicode: controls, formats, unassigned ones, those of private use, and
 * separators of lines. They are not seen, but turn the direction of others around, end lines or hide
 * in words. U+200C and U+200D are formats too, but belong to how Persian and emoji are spelt: they
 * stay behind a visible character from U+0590 on. Any other byte is \xNN. */
#ifndef SIDEWIRE_TOOLS_PRINTABLE_H
#define SIDEWIRE_TOOLS_PRINTABLE_H

#include <stddef.h>
#include <stdint.h>

enum { PRINTABLE_MAX = 16 }; /* bytes that one call can give */

/* State of one stream, which may be cut anywhere. With zeros behind the first two, it is at the start
 * of one. */
typedef struct printable {
    int ascii_only;     /* beyond ASCII all is \xNN */
    int one_line;       /* LF, TAB, CR and the backslash become \n \t \r \\; else the first
                                  * two and the last stay */
    uint8_t partial[4]; /* a UTF-8 sequence not yet complete */
    uint8_t have;
    int joins; /* U+200C and U+200D may follow */
} printable;

/* Is that so where this program runs: does its locale know no UTF-8? */
int printable_locale_is_ascii(void);

/* Is this a Unicode character of the categories that are left out? */
int printable_is_hidden(uint32_t code);

/* Both return how many bytes they wrote to out. */
size_t printable_byte(printable *state, uint8_t byte, char out[PRINTABLE_MAX]);
/* The stream is over, or goes on with something else: what is incomplete stays so. */
size_t printable_end(printable *state, char out[PRINTABLE_MAX]);

#endif
