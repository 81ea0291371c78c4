/* SPDX-License-Identifier: ISC */
/* Mutation that keeps lengths in step with what they are of: for formats whose readers stop at the first that is not.
 * A target's mutator is in mutate_TOPIC.c and linked where an engine fuzzes. */
#ifndef SIDEWIRE_FUZZ_MUTATOR_H
#define SIDEWIRE_FUZZ_MUTATOR_H

#include <stddef.h>
#include <stdint.h>

#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#define ENGINE_IS_UNSEEN /* by MemorySanitizer: what libFuzzer writes counts as written */
#include <sanitizer/msan_interface.h>
#endif
#endif

/* What libFuzzer calls, and what it has for that; engines without it never call the first. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
extern size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size) __attribute__((weak));

/* One mutation in so many is left as it came, with lengths that may be wrong. */
enum { MUTATOR_RAW = 8 };

/* Changes the input as the engine does. 1: what it has of lengths is to be repaired. */
static inline int mutator_change(uint8_t *data, size_t *size, size_t max_size, unsigned seed)
{
    if (LLVMFuzzerMutate != NULL)
        *size = LLVMFuzzerMutate(data, *size, max_size);
#ifdef ENGINE_IS_UNSEEN
    __msan_unpoison(data, *size);
#endif
    return seed % MUTATOR_RAW != 0;
}

#endif
