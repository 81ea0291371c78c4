#include "history_file.h"

#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FILE_MODE = 0600,
    READ_MAX = HISTORY_LINES * HISTORY_LINE_SIZE /* bytes, at the end of the file */
};

static void failed(history_file *file, const char *why)
{
    report("history file %s: %s", file->path, why);
    history_file_close(file);
}

void history_file_open(history_file *file, const char *path)
{
    struct stat info;

    file->path = path;
    file->fd = -1;
    if (path == NULL)
        return;
    file->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
                    FILE_MODE);
    if (file->fd < 0 || fstat(file->fd, &info) < 0)
        failed(file, strerror(errno));
    else if (!S_ISREG(info.st_mode))
        failed(file, "not a regular file");
    else if ((info.st_mode & 0777) != FILE_MODE && fchmod(file->fd, FILE_MODE) < 0)
        failed(file, strerror(errno));
}

void history_file_close(history_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}

/* ---- reading ---- */

/* Reads up to READ_MAX bytes from a place in the file on, with a NUL behind. NULL and errno. */
static char *read_from(int fd, off_t start, size_t *len)
{
    char *text = malloc(READ_MAX + 1);
    ssize_t n = 1;

    for (*len = 0; text != NULL && *len < READ_MAX && n > 0; *len += (size_t)n) {
        n = pread(fd, text + *len, READ_MAX - *len, start + (off_t)*len);
        if (n < 0) {
            free(text);
            return NULL;
        }
    }
    if (text != NULL)
        text[*len] = '\0';
    return text;
}

static int is_usable(const char *line, size_t len)
{
    return len > 0 && len < HISTORY_LINE_SIZE && strlen(line) == len &&
           mbstowcs(NULL, line, 0) != (size_t)-1;
}

/* Moves the usable lines together, each with a NUL in place of its LF. Returns their number. */
static size_t pack_lines(char *text, size_t *len)
{
    char *end = text + *len;
    char *out = text;
    size_t count = 0;

    for (char *line = text; line < end;) {
        char *lf = memchr(line, '\n', (size_t)(end - line));
        size_t size = (size_t)((lf != NULL ? lf : end) - line);
        line[size] = '\0';
        if (is_usable(line, size)) {
            memmove(out, line, size + 1);
            out += size + 1;
            count++;
        }
        line += size + 1;
    }
    *len = (size_t)(out - text);
    return count;
}

/* Removes lines from the beginning until there are not too many. */
static void drop_lines(char *text, size_t *len, size_t count)
{
    const char *first = text;

    for (; count > HISTORY_LINES; count--)
        first += strlen(first) + 1;
    *len -= (size_t)(first - text);
    memmove(text, first, *len);
}

/* A line that another client adds in this very moment is lost. */
static int replace(history_file *file, const char *text, size_t len)
{
    if (ftruncate(file->fd, 0) == 0 && write(file->fd, text, len) == (ssize_t)len)
        return 0;
    failed(file, strerror(errno));
    return -1;
}

char *history_file_read(history_file *file)
{
    struct stat info;
    off_t start = 0;
    size_t len, count;
    char *text = NULL;

    if (file->fd < 0)
        return NULL;
    if (fstat(file->fd, &info) == 0) {
        if (info.st_size > READ_MAX)
            start = info.st_size - READ_MAX;
        text = read_from(file->fd, start, &len);
    }
    if (text == NULL) {
        failed(file, strerror(errno));
        return NULL;
    }
    count = pack_lines(text, &len);
    drop_lines(text, &len, count);
    for (size_t i = 0; i < len; i++)
        if (text[i] == '\0')
            text[i] = '\n';
    text[len] = '\0';
    if ((start > 0 || count > HISTORY_LINES) && replace(file, text, len) < 0) {
        free(text);
        return NULL;
    }
    return text;
}

void history_file_add(history_file *file, const char *line)
{
    char text[HISTORY_LINE_SIZE];
    size_t len = strlen(line);

    if (file->fd < 0 || len >= sizeof(text))
        return;
    memcpy(text, line, len);
    text[len++] = '\n';
    if (write(file->fd, text, len) < 0)
        failed(file, strerror(errno));
}
