/* SPDX-License-Identifier: ISC */
/* What WP believes of functions of string.h whose contracts in Frama-C's libc speak of what it has no proofs for: included
 * in front of each file. */
#ifndef SIDEWIRE_TESTS_PROOF_BELIEVED_STRING_H
#define SIDEWIRE_TESTS_PROOF_BELIEVED_STRING_H

#include <stdint.h>
#include <string.h>

/*@ requires n > 0 ==> \valid_read((uint8_t *)text + (0 .. n - 1));
    assigns \result \from text;
    ensures \result == \null || (\base_addr(\result) == \base_addr(text) &&
        (uint8_t *)text <= (uint8_t *)\result < (uint8_t *)text + n);
*/
void *believed_memchr(const void *text, int byte, size_t n);

/*@ requires n > 0 ==> \valid_read((uint8_t *)a + (0 .. n - 1)) && \valid_read((uint8_t *)b + (0 .. n - 1));
    assigns \nothing;
*/
int believed_memcmp(const void *a, const void *b, size_t n);

#define memchr believed_memchr
#define memcmp believed_memcmp

#endif
