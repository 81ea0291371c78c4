/* SPDX-License-Identifier: ISC */
/* Answers of an agent, behind the sizes of the pieces: a length of all, a type, then numbers and strings with lengths. */
#include "mutator.h"

#include "choices.h"

enum { LENGTH_SIZE = 4 };

static void write_length(uint8_t *p, size_t n)
{
    for (int i = 0; i < LENGTH_SIZE; i++)
        p[i] = (uint8_t)(n >> 8 * (LENGTH_SIZE - 1 - i));
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
    if (mutator_change(data, &size, max_size, seed) && size >= CHOICES_CUTS + LENGTH_SIZE)
        write_length(data + CHOICES_CUTS, size - CHOICES_CUTS - LENGTH_SIZE);
    return size;
}
