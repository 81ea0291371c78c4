/* SPDX-License-Identifier: ISC */
#include "progress.h"

#include "deadline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    INTERVAL = 100,       /* milliseconds between two drawings */
    COLUMNS_DEFAULT = 80, /* of a terminal that does not say */
    COLUMNS_MAX = 256,
    PERCENT_SIZE = 4, /* characters of `100%` */
    BAR_MIN = 10      /* characters between the brackets */
};

/* ---- text ---- */

/* done / total of `whole`. */
static unsigned share(uint64_t done, uint64_t total, unsigned whole)
{
    while (total > UINT64_MAX / whole) {
        total >>= 1;
        done >>= 1;
    }
    return (unsigned)(done * whole / total);
}

/* ` 12 of 345 KiB`, as long for any value of done. */
static size_t amount_text(char *text, size_t cap, uint64_t done, uint64_t total)
{
    static const char *const units[] = { "bytes", "KiB", "MiB", "GiB" };
    unsigned shift = 0;
    unsigned unit = 0;
    char last[24];
    int width, len;

    while (unit < 3 && total >> shift >= 10000) {
        shift += 10;
        unit++;
    }
    width = snprintf(last, sizeof(last), "%llu", (unsigned long long)(total >> shift));
    len = snprintf(text, cap, " %*llu of %s %s", width, (unsigned long long)(done >> shift), last, units[unit]);
    return (size_t)len;
}

static void bar_text(char *text, size_t cells, size_t full)
{
    text[0] = '[';
    memset(text + 1, '=', full);
    memset(text + 1 + full, ' ', cells - full);
    if (full < cells)
        text[1 + full] = '>';
    text[1 + cells] = ']';
}

size_t progress_text(char *text, size_t cap, size_t columns, uint64_t done, uint64_t total)
{
    char amount[80], percent[8];
    size_t room = columns > 0 ? columns - 1 : 0; /* the last column makes some terminals wrap */
    size_t len = PERCENT_SIZE;
    size_t amount_len;

    if (done > total)
        done = total;
    if (room > cap)
        room = cap;
    if (room < len || total == 0)
        return 0;
    snprintf(percent, sizeof(percent), "%3u%%", share(done, total, 100));
    memcpy(text, percent, PERCENT_SIZE);
    amount_len = amount_text(amount, sizeof(amount), done, total);
    if (room < len + amount_len)
        return len;
    if (room >= len + amount_len + BAR_MIN + 3) {
        size_t cells = room - len - amount_len - 3;
        text[len] = ' ';
        bar_text(text + len + 1, cells, share(done, total, (unsigned)cells));
        len += cells + 3;
    }
    memcpy(text + len, amount, amount_len);
    return len + amount_len;
}

/* ---- terminal ---- */

/* Can it go back to the beginning of a line? */
static int draws(int terminal)
{
    const char *type = getenv("TERM");

    return isatty(terminal) && type != NULL && *type != '\0' && strcmp(type, "dumb") != 0;
}

void progress_init(progress *p, int terminal, int file)
{
    struct stat info;
    off_t at;

    memset(p, 0, sizeof(*p));
    p->terminal = -1;
    if (!draws(terminal) || fstat(file, &info) < 0 || !S_ISREG(info.st_mode))
        return;
    at = lseek(file, 0, SEEK_CUR);
    if (at < 0 || at >= info.st_size)
        return;
    p->terminal = terminal;
    p->total = (uint64_t)(info.st_size - at);
}

static size_t terminal_columns(int terminal)
{
    struct winsize size;

    if (ioctl(terminal, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
        return COLUMNS_DEFAULT;
    return size.ws_col < COLUMNS_MAX ? size.ws_col : COLUMNS_MAX;
}

/* Replaces what is drawn by a text. What a terminal does not take is not worth a message. */
static void replace(progress *p, const char *text, size_t len)
{
    char line[2 * COLUMNS_MAX + 4];
    size_t n = 0;

    line[n++] = '\r';
    memcpy(line + n, text, len); /* uninitvar: progress_text() wrote it */
    n += len;
    if (p->drawn > len) {
        memset(line + n, ' ', p->drawn - len);
        n += p->drawn - len;
    }
    if (len == 0)
        line[n++] = '\r';
    p->drawn = write(p->terminal, line, n) < 0 ? p->drawn : len;
}

void progress_draw(progress *p, uint64_t done)
{
    char text[COLUMNS_MAX];

    if (p->terminal < 0 || (done != p->total && p->next != 0 && deadline_left(p->next) > 0))
        return;
    p->next = deadline_in(INTERVAL);
    replace(p, text, progress_text(text, sizeof(text), terminal_columns(p->terminal), done, p->total));
}

void progress_clear(progress *p)
{
    if (p->drawn > 0)
        replace(p, "", 0);
}
