/* Shell globs, compiled so that no pattern can take long.
 *
 * As fnmatch(3) without flags takes them, on bytes: `*`, `?`, `[a-z]`, `[!a]` or `[^a]`, `[[:digit:]]`
 * and `\` before any byte. A `[` without its `]` stands for itself; a `\` with nothing behind it
 * matches nothing. Not by fnmatch itself: glibc 2.36 took 0.5 s to find that one name of 255 bytes
 * does not match one pattern of 32 KiB with many an open `[`. Here a name takes at most GLOB_NAME_MAX
 * steps for each byte of all patterns, which is 4 ms for the worst 32 KiB found, and compiling
 * those takes 20 ms. */
#ifndef SIDEWIRE_SERVER_GLOBS_H
#define SIDEWIRE_SERVER_GLOBS_H

#include <sidewire/command.h>

enum { GLOB_NAME_MAX = 255 };    /* bytes; patterns for longer names only are dropped */

struct globs;

/* Copies the patterns. NULL without memory, of which it takes at most 15 bytes for each of theirs.
 * The caller frees it. */
struct globs *globs_new(const sw_argument *patterns, size_t count);
void globs_free(struct globs *globs);

/* Does any of the patterns match all of the name of at most GLOB_NAME_MAX bytes? */
int globs_match(const struct globs *globs, const char *name, size_t len);

/* Steps that globs_match takes at most, each of about a nanosecond. Not 0. */
size_t globs_cost(const struct globs *globs);

#endif
