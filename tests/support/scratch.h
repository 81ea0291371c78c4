/* SPDX-License-Identifier: ISC */
/* Files of the end-to-end suites. A run of a suite has one folder, with the folder `keys` in it;
 * each test works in a folder of its own, where `keys` is a link to the former. What is returned as
 * a pointer is kept until the test ends. */
#ifndef SIDEWIRE_TESTS_SCRATCH_H
#define SIDEWIRE_TESTS_SCRATCH_H

#include <stddef.h>

/* Makes the folder of the whole run, which becomes the current one. 0, or -1 after a message.
 * Close removes it with all that is in it. */
int scratch_open(void);
void scratch_close(void);

/* Checked fixture of every test: its folder, which is the current one and HOME meanwhile. */
void scratch_enter(void);
void scratch_leave(void);

/* A block that is freed when the test ends. */
void *scratch_allocate(size_t size);
const char *scratch_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Files of the test's folder. Each fails the running test if it cannot do it. */
void scratch_write(const char *name, const void *data, size_t len);
void scratch_write_text(const char *name, const char *text);
/* A NUL follows the file's bytes. len may be NULL. */
char *scratch_read(const char *name, size_t *len);

#endif
