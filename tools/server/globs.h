/* Shell globs, compiled so that no pattern can take long.
 *
 * As fnmatch(3) takes them without flags, on bytes: `*`, `?`, `[a-z]`, `[!a]` or `[^a]`,
 * `[[:digit:]]`, and `\` before any byte. A `[` without its `]` stands for itself; a pattern that
 * ends in a lone `\` matches nothing.
 *
 * Not by fnmatch itself: that of glibc 2.36 took 0.5 s to find that one pattern of 32 KiB with many
 * an open `[` does not match one name of 255 bytes. With the worst 32 KiB of patterns found, a name
 * takes 5 ms here, after 0.1 s for compiling. */
#ifndef SIDEWIRE_SERVER_GLOBS_H
#define SIDEWIRE_SERVER_GLOBS_H

#include <sidewire/command.h>

enum { GLOB_NAME_MAX = 255 };    /* bytes; patterns for longer names only are dropped */

struct globs;

/* Copies the patterns. NULL without memory, of which it takes about 15 bytes for each byte and
 * pattern. The caller frees it. */
struct globs *globs_new(const sw_argument *patterns, size_t count);
void globs_free(struct globs *globs);

/* Does any of the patterns match all of the name of at most GLOB_NAME_MAX bytes? */
int globs_match(const struct globs *globs, const char *name, size_t len);

/* Steps that globs_match takes at most, each of about a nanosecond. Not 0. */
size_t globs_cost(const struct globs *globs);

#endif
