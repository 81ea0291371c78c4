/* SPDX-License-Identifier: ISC */
#include "typed_lines.h"

#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void give_up(typed_lines *lines, const char *why)
{
    report("history file %s: %s", lines->path, why);
    lines->path = NULL;
}

/* libedit's keys get stuck at lines that are no text in the current locale. Returns how many were
 * removed. */
static int remove_foreign_lines(typed_lines *lines)
{
    int numbers[TYPED_LINES_MAX];
    int count = 0;
    HistEvent event;

    for (int r = history(lines->history, &event, H_FIRST); r >= 0 && count < TYPED_LINES_MAX;
         r = history(lines->history, &event, H_NEXT))
        if (mbstowcs(NULL, event.str, 0) == (size_t)-1)
            numbers[count++] = event.num;
    for (int i = 0; i < count; i++)
        if (history(lines->history, &event, H_DEL, numbers[i]) >= 0)
            free((void *)(uintptr_t)event.str); /* a copy for whoever asked */
    return count;
}

/* libedit's reader does not look at what it is given, so this does. */
static void load(typed_lines *lines)
{
    struct stat info;
    HistEvent event;

    if (stat(lines->path, &info) < 0) {
        if (errno != ENOENT)
            give_up(lines, strerror(errno));
    } else if (S_ISCHR(info.st_mode)) {
        lines->path = NULL; /* /dev/null, as one says to keep nothing */
    } else if (!S_ISREG(info.st_mode)) {
        give_up(lines, "not a regular file");
    } else if (access(lines->path, R_OK) < 0) {
        give_up(lines, strerror(errno));
    } else if (info.st_size > 0 && history(lines->history, &event, H_LOAD, lines->path) < 0) {
        give_up(lines, "no history of libedit, so it is left as it is");
    } else if (remove_foreign_lines(lines) > 0) {
        give_up(lines, "has lines that are no text in this locale, so it is left as it is");
    }
}

/* Into a new file first: a full disk costs no old line. */
static int save_to(History *lines, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    HistEvent event;
    int result;

    if (file == NULL)
        return -1;
    result = history(lines, &event, H_SAVE_FP, file) < 0 || ferror(file) ? -1 : 0;
    return fclose(file) == 0 ? result : -1;
}

static void save(typed_lines *lines)
{
    char *fresh;

    if (asprintf(&fresh, "%s.new", lines->path) < 0) {
        give_up(lines, strerror(ENOMEM));
        return;
    }
    if (save_to(lines->history, fresh) < 0 || rename(fresh, lines->path) < 0) {
        give_up(lines, strerror(errno));
        unlink(fresh);
    }
    free(fresh);
}

void typed_lines_open(typed_lines *lines, const char *path)
{
    HistEvent event;

    lines->path = path;
    lines->history = history_init();
    if (lines->history == NULL)
        return;
    history(lines->history, &event, H_SETSIZE, TYPED_LINES_MAX);
    history(lines->history, &event, H_SETUNIQUE, 1); /* the same line twice in a row is kept once */
    if (path != NULL)
        load(lines);
}

void typed_lines_add(typed_lines *lines, const char *line)
{
    HistEvent event;

    history(lines->history, &event, H_ENTER, line);
    if (lines->path != NULL)
        save(lines);
}

void typed_lines_close(typed_lines *lines)
{
    if (lines->history != NULL)
        history_end(lines->history);
}
