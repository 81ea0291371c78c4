/* The command lines of earlier runs: a text file, the newest line last. */
#ifndef SIDEWIRE_CLIENT_HISTORY_FILE_H
#define SIDEWIRE_CLIENT_HISTORY_FILE_H

enum {
    HISTORY_LINES = 1000,
    HISTORY_LINE_SIZE = 4096     /* bytes, with LF; longer ones are not kept */
};

typedef struct history_file {
    const char *path;            /* lent */
    int fd;                      /* -1: none, and then nothing is read or kept */
} history_file;

/* Opens the file, which is made if it does not exist, for its owner only. A path of NULL, or a
 * failure, which gets a message, means none. */
void history_file_open(history_file *file, const char *path);

/* Its last HISTORY_LINES lines, each with LF, as a string to be freed; those that are too long, or
 * no text in the current locale, are left out. If it has more, they are removed from the file. NULL
 * if there is no file, or after a message. */
char *history_file_read(history_file *file);

/* Adds a line. After a failure, which gets a message, the file is closed. */
void history_file_add(history_file *file, const char *line);

void history_file_close(history_file *file);

#endif
