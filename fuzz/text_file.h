/* SPDX-License-Identifier: ISC */
/* A file in memory, for parsers that open a path: its owner's alone. */
#ifndef SIDEWIRE_FUZZ_TEXT_FILE_H
#define SIDEWIRE_FUZZ_TEXT_FILE_H

#include <stddef.h>

enum { TEXT_FILE_PATH_SIZE = 32 };

typedef struct text_file {
    int fd;
    char path[TEXT_FILE_PATH_SIZE];
} text_file;

/* wanted: the number of its descriptor; -1: any. It aborts if there is no memory. */
void text_file_open(text_file *file, int wanted);
void text_file_append(const text_file *file, const void *bytes, size_t len);
void text_file_close(text_file *file);

#endif
