/* SPDX-License-Identifier: ISC */
#include "terminal.h"

#include "scratch.h"

#include <check.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum {
    ROWS = 24, /* as far as the program knows */
    ROWS_MAX = 2000,
    STATUS_NOT_RUN = 127,
    STATUS_SIGNAL = 128,
    TAB_WIDTH = 8
};

struct terminal {
    pid_t pid;
    int fd;     /* the other side of it */
    int at_end; /* nobody has it open any more */
    char cells[ROWS_MAX][TERMINAL_COLUMNS + 1];
    size_t row, column;
    char sequence[16]; /* of control characters, behind its ESC */
    size_t sequence_len;
    int in_sequence, after_return;
    size_t redrawn;
};

/* ---- start ---- */

static void become(const command_line *line, const terminal_setup *setup, pid_t parent)
{
    const int instead[3] = { setup->input, setup->output, setup->errors };

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(STATUS_NOT_RUN);
    signal(SIGPIPE, SIG_DFL);
    setenv("TERM", setup->type != NULL ? setup->type : "dumb", 1);
    for (int fd = 0; fd < 3; fd++)
        if (instead[fd] > 0)
            dup2(instead[fd], fd);
    execvp(line->argv[0], (char *const *)(const void *)line->argv);
    _exit(STATUS_NOT_RUN);
}

terminal *terminal_start(const command_line *line, const terminal_setup *setup)
{
    static const terminal_setup nothing;
    const struct winsize size = { .ws_row = ROWS, .ws_col = TERMINAL_COLUMNS };
    terminal *t = scratch_allocate(sizeof(*t));
    pid_t parent = getpid();

    t->pid = forkpty(&t->fd, NULL, NULL, &size);
    if (t->pid == 0)
        become(line, setup != NULL ? setup : &nothing, parent);
    ck_assert_msg(t->pid > 0, "forkpty: %s", strerror(errno));
    ck_assert_int_eq(fcntl(t->fd, F_SETFD, FD_CLOEXEC), 0);
    return t;
}

pid_t terminal_process(const terminal *t)
{
    return t->pid;
}

/* ---- screen ---- */

static void line_feed(terminal *t)
{
    ck_assert_uint_lt(t->row, ROWS_MAX - 1);
    t->row++;
}

static void put(terminal *t, char c)
{
    if (t->column == TERMINAL_COLUMNS) {
        t->column = 0;
        line_feed(t);
    }
    for (size_t i = strlen(t->cells[t->row]); i < t->column; i++)
        t->cells[t->row][i] = ' ';
    t->cells[t->row][t->column++] = c;
}

static void put_control(terminal *t, char c)
{
    if (c == '\n')
        line_feed(t);
    else if (c == '\r')
        t->column = 0;
    else if (c == '\b' && t->column > 0)
        t->column--;
    else if (c == '\t')
        t->column += TAB_WIDTH - t->column % TAB_WIDTH;
    else
        ck_assert_msg(c == '\a' || c == '\b', "control character %#x", (unsigned)c);
}

/* The few sequences of xterm that libedit uses in a single line. */
static void put_sequence(terminal *t)
{
    char *row = t->cells[t->row];
    size_t n = strtoul(t->sequence + 1, NULL, 10);

    if (n == 0)
        n = 1;
    switch (t->sequence[t->sequence_len - 1]) {
    case 'C': t->column += n; break;
    case 'D': t->column -= n < t->column ? n : t->column; break;
    case 'G': t->column = n - 1; break;
    case 'K':
        if (t->column < strlen(row))
            memset(row + t->column, '\0', TERMINAL_COLUMNS - t->column);
        break;
    case 'P':
        if (t->column + n <= strlen(row))
            memmove(row + t->column, row + t->column + n, strlen(row + t->column + n) + 1);
        break;
    case '@':
        memmove(row + t->column + n, row + t->column, TERMINAL_COLUMNS - n - t->column);
        memset(row + t->column, ' ', n);
        break;
    case 'm': break; /* colours of a sanitizer */
    default: ck_abort_msg("control sequence ESC %s", t->sequence);
    }
}

static void take_byte(terminal *t, char c)
{
    if (t->after_return && c != '\n' && c != '\r')
        t->redrawn++;
    t->after_return = c == '\r';
    if (t->in_sequence) {
        ck_assert_uint_lt(t->sequence_len, sizeof(t->sequence) - 1);
        t->sequence[t->sequence_len++] = c;
        t->sequence[t->sequence_len] = '\0';
        t->in_sequence = t->sequence_len == 1 || c < '@';
        if (!t->in_sequence)
            put_sequence(t);
    } else if (c == '\033') {
        t->in_sequence = 1;
        t->sequence_len = 0;
    } else if ((unsigned char)c < ' ') {
        put_control(t, c);
    } else {
        put(t, c);
    }
}

/* Takes what has been written within a moment. */
static void take(terminal *t)
{
    struct pollfd ready = { t->at_end ? -1 : t->fd, POLLIN, 0 };
    char bytes[4096];
    ssize_t n;

    if (poll(&ready, 1, 10) <= 0)
        return;
    n = read(t->fd, bytes, sizeof(bytes));
    t->at_end = n <= 0;
    for (ssize_t i = 0; i < n; i++)
        take_byte(t, bytes[i]);
}

const char *terminal_text(terminal *t)
{
    char *text = scratch_allocate((t->row + 1) * (TERMINAL_COLUMNS + 1) + 1);
    size_t len = 0;

    for (size_t row = 0; row <= t->row; row++) {
        const char *cells = t->cells[row];
        size_t n = strlen(cells);

        while (n > 0 && cells[n - 1] == ' ')
            n--;
        memcpy(text + len, cells, n);
        len += n;
        if (row < t->row)
            text[len++] = '\n';
    }
    return text;
}

size_t terminal_redrawn(const terminal *t)
{
    return t->redrawn;
}

/* ---- keyboard ---- */

void terminal_type(terminal *t, const char *keys)
{
    size_t len = strlen(keys);

    ck_assert_int_eq(write(t->fd, keys, len), (ssize_t)len);
}

void terminal_resize(terminal *t, unsigned short columns)
{
    const struct winsize size = { .ws_row = ROWS, .ws_col = columns };

    ck_assert_int_eq(ioctl(t->fd, TIOCSWINSZ, &size), 0);
}

static int ends_with(const char *text, const char *end)
{
    return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

static int has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static void await(terminal *t, const char *text, int (*found)(const char *, const char *))
{
    long deadline = clock_ms() + PROCESS_SECONDS * 1000L;
    int at_end;

    do {
        at_end = t->at_end;
        take(t);
        if (found(terminal_text(t), text))
            return;
    } while (!at_end && clock_ms() < deadline);
    ck_abort_msg("%s without '%s'; the screen:\n%s", at_end ? "ended" : "went on", text, terminal_text(t));
}

void terminal_await_end(terminal *t, const char *text)
{
    await(t, text, ends_with);
}

void terminal_await(terminal *t, const char *text)
{
    await(t, text, has);
}

int terminal_is_cooked(const terminal *t)
{
    struct termios mode;

    ck_assert_int_eq(tcgetattr(t->fd, &mode), 0);
    return (mode.c_lflag & (ICANON | ECHO | ISIG)) == (ICANON | ECHO | ISIG);
}

void terminal_await_cooked(terminal *t)
{
    long deadline = clock_ms() + PROCESS_SECONDS * 1000L;

    while (!terminal_is_cooked(t)) {
        ck_assert_msg(clock_ms() < deadline, "still edits; the screen:\n%s", terminal_text(t));
        take(t);
    }
}

/* ---- end ---- */

int terminal_wait(terminal *t)
{
    long deadline = clock_ms() + PROCESS_SECONDS * 1000L;
    int status;

    while (waitpid(t->pid, &status, WNOHANG) == 0) {
        if (clock_ms() > deadline)
            ck_abort_msg("does not end; the screen:\n%s", terminal_text(t));
        take(t);
    }
    for (struct pollfd ready = { t->fd, POLLIN, 0 }; !t->at_end && poll(&ready, 1, 0) > 0;)
        take(t);
    if (has(terminal_text(t), "Sanitizer: ") || has(terminal_text(t), "runtime error: "))
        ck_abort_msg("%s", terminal_text(t));
    return WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_SIGNAL + WTERMSIG(status);
}
