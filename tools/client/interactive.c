/* SPDX-License-Identifier: ISC */
#include "interactive.h"

#include "client.h"
#include "editor.h"
#include "identity.h"
#include "keyboard.h"
#include "platform.h"
#include "report.h"
#include "run.h"
#include "text_lines.h"
#include "words.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STATUS_SIGNAL = 128 }; /* and the number of the signal that ended a command */

typedef struct interactive {
    const arguments *args;
    credentials *keys;
    editor *editor; /* NULL: there is no prompt */
    char *line;     /* read without editor */
    unsigned long line_number;
    struct sigaction interrupt; /* how the program was started to take SIGINT */
} interactive;

/* ---- one command ---- */

/* Opens what an upload sends. A descriptor, or -1 after a message. */
static int open_data(const char *path)
{
    struct stat info;
    int error = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &info) < 0)
        error = errno;
    else if (S_ISDIR(info.st_mode))
        error = EISDIR;
    if (error == 0)
        return fd;
    report_system(path, error);
    if (fd >= 0)
        close(fd);
    return -1;
}

static char *data_path(const words *w)
{
    const char *home = w->file_in_home ? home_folder() : NULL;
    char *path;

    if (home != NULL)
        return home_path(home, w->file, "");
    if (w->file_in_home) {
        report("~/%s: no home folder", w->file);
        return NULL;
    }
    path = strdup(w->file);
    if (path == NULL)
        report_system(w->file, errno);
    return path;
}

/* In a process of its own. */
static int run_words(const interactive *i, const words *w)
{
    invocation typed = {
        .argv = (const char *const *)w->argv, .argc = w->argc, .data = -1, .end_line = i->editor != NULL
    };
    char *path = NULL;
    int status = STATUS_USAGE;

    if (w->file != NULL) {
        path = data_path(w);
        typed.data_name = path;
        if (path == NULL || (typed.data = open_data(path)) < 0) {
            free(path);
            return STATUS_USAGE;
        }
    }
    status = run_invocation(i->args, &typed, i->keys);
    free(path);
    return status;
}

static int await(pid_t pid)
{
    int status;

    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return STATUS_CONNECTION;
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    return STATUS_SIGNAL + WTERMSIG(status);
}

/* A process for each command: ^C ends it wherever it waits, and each has its own copy of the key,
 * wiped as in a run of one command, and its own standard output to close. */
static int run_in_process(const interactive *i, const words *w)
{
    pid_t parent = getpid();
    sigset_t interrupt, before;
    int status;
    pid_t pid;

    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    sigprocmask(SIG_BLOCK, &interrupt, &before); /* it must not be lost on the way */
    pid = fork();
    if (pid == 0)
        sigaction(SIGINT, &i->interrupt, NULL);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (pid < 0) {
        report_system("process for the command", errno);
        return STATUS_CONNECTION;
    }
    if (pid == 0) {
        platform_end_with_parent(); /* nobody else would end it */
        status = getppid() == parent ? run_words(i, w) : STATUS_CONNECTION;
        _exit(status); /* what exit() does with standard input would move its position */
    }
    status = await(pid);
    if (status > STATUS_SIGNAL && i->editor != NULL)
        fputc('\n', stderr);
    if (status > STATUS_SIGNAL && status != STATUS_SIGNAL + SIGINT && status != STATUS_READER_GONE)
        report("%s: %s", w->argv[0], strsignal(status - STATUS_SIGNAL));
    return status;
}

/* Refuses, with a message, what cannot have been meant. */
static int check_data(const words *w)
{
    const sw_command *command = known_command(w->argv[0]);

    if (command != NULL && command->takes_data && w->file == NULL) {
        report("%s: takes data: write '< FILE' at the end of the line", w->argv[0]);
        return -1;
    }
    if (command != NULL && !command->takes_data && w->file != NULL) {
        report("%s: takes no data, so there is no use for '< %s'", w->argv[0], w->file);
        return -1;
    }
    return 0;
}

/* ---- lines ---- */

static int is_farewell(const words *w)
{
    return w->argc == 1 && w->file == NULL && (strcmp(w->argv[0], "quit") == 0 || strcmp(w->argv[0], "exit") == 0);
}

static void report_line(const interactive *i, size_t column, const char *why)
{
    if (i->editor != NULL)
        report("column %zu: %s", column, why);
    else
        report("line %lu, column %zu: %s", i->line_number, column, why);
}

/* Changes the status unless the line is empty. Returns whether that was the last line: nobody may be there to read more. */
static int run_line(const interactive *i, const char *line, size_t len, int *status)
{
    words_error error;
    words w;
    int last;

    if (words_split(&w, line, len, &error) < 0) {
        report_line(i, error.column, error.why);
        *status = STATUS_USAGE;
        return 0;
    }
    last = is_farewell(&w);
    if (!last && w.argc > 0)
        *status = check_data(&w) < 0 ? STATUS_USAGE : run_in_process(i, &w);
    words_free(&w);
    return last || *status == STATUS_READER_GONE;
}

static line_result read_line(interactive *i, const char **line, size_t *len)
{
    line_result result;
    size_t mark;

    i->line_number++;
    if (i->editor != NULL)
        return editor_read(i->editor, line, len);
    result = line_read(stdin, i->line, len);
    mark = i->line_number == 1 ? text_mark_length(i->line, *len) : 0;
    *line = i->line + mark;
    *len -= mark;
    return result;
}

static int run_lines(interactive *i)
{
    line_result result;
    const char *line;
    size_t len;
    int status = STATUS_OK;
    int last = 0;

    while (!last && (result = read_line(i, &line, &len)) != LINE_END) {
        if (result == LINE_FAILED) {
            report_system("standard input", errno);
            return STATUS_CONNECTION;
        }
        if (result == LINE_TOO_LONG) {
            report("line %lu: longer than %d bytes", i->line_number, LINE_MAX_SIZE);
            status = STATUS_USAGE;
        }
        if (result == LINE_FOREIGN) {
            report(
                "nothing is sent: that line has bytes that are no text in the locale (LC_CTYPE), which "
                "this prompt cannot edit");
            status = STATUS_USAGE;
        }
        if (result == LINE_READ)
            last = run_line(i, line, len, &status);
    }
    return status;
}

/* ---- start ---- */

/* The stream for the prompt; NULL: nobody is there to see it. */
static FILE *prompt_stream(void)
{
    if (!isatty(STDIN_FILENO))
        return NULL;
    if (isatty(STDOUT_FILENO))
        return stdout;
    return isatty(STDERR_FILENO) ? stderr : NULL;
}

/* To be freed; NULL: none. */
static char *history_path(const arguments *args)
{
    const char *home = home_folder();
    struct stat info;
    char *path;

    if (args->history != NULL)
        return *args->history != '\0' ? expanded_path(args->history) : NULL;
    if (home == NULL || (path = home_path(home, ".paraslash", "")) == NULL)
        return NULL;
    if (stat(path, &info) < 0 || !S_ISDIR(info.st_mode)) {
        free(path);
        return NULL;
    }
    free(path);
    return home_path(home, ".paraslash/client.history", "");
}

static int run_at_prompt(interactive *i, FILE *out)
{
    struct sigaction interrupt = { .sa_handler = keyboard_on_interrupt };
    char *path = history_path(i->args);
    int status = STATUS_CONNECTION;

    i->editor = editor_new(out, path);
    if (i->editor != NULL) {
        sigaction(SIGINT, &interrupt, &i->interrupt);
        status = run_lines(i);
        editor_free(i->editor);
    }
    free(path);
    return status;
}

static int run_script(interactive *i)
{
    int status = STATUS_CONNECTION;

    sigaction(SIGINT, NULL, &i->interrupt);
    i->line = malloc(LINE_MAX_SIZE);
    if (i->line != NULL)
        status = run_lines(i);
    else
        report_system("line of input", errno);
    free(i->line);
    return status;
}

int interactive_run(const arguments *args, credentials *keys)
{
    interactive i = { .args = args, .keys = keys };
    FILE *out = prompt_stream();

    return out != NULL ? run_at_prompt(&i, out) : run_script(&i);
}
