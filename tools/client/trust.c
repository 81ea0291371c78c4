/* SPDX-License-Identifier: ISC */
#include "trust.h"

#include "identity.h"
#include "private_file.h"
#include "report.h"
#include "text_lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 20 }; /* bytes of a file of known servers */

/* ---- files ---- */

/* The whole of a file, to be freed; of length 0 if it is not there and need not be. NULL after a
 * message. Who can write it decides which servers are trusted, so others than the user must not. */
static char *read_file(const char *path, int must_exist, size_t *len)
{
    char *text = malloc(FILE_MAX + 1);
    FILE *file = text != NULL ? fopen(path, "re") : NULL;
    const char *problem = file != NULL ? private_file_problem(fileno(file)) : NULL;

    *len = 0;
    if (file == NULL && text != NULL && errno == ENOENT && !must_exist)
        return text;
    if (problem != NULL) {
        report("%s: %s", path, problem);
        fclose(file);
        free(text);
        return NULL;
    }
    if (file != NULL) {
        *len = fread(text, 1, FILE_MAX + 1, file);
        if (!ferror(file) && *len <= FILE_MAX) {
            fclose(file);
            return text;
        }
        if (!ferror(file))
            errno = EFBIG;
    }
    report_system(path, errno);
    if (file != NULL)
        fclose(file);
    free(text);
    return NULL;
}

/* The folder of the usual file may be missing. */
static void make_folder(const char *path)
{
    char *folder = strdup(path);
    char *slash = folder != NULL ? strrchr(folder, '/') : NULL;

    if (slash != NULL && slash != folder) {
        *slash = '\0';
        mkdir(folder, 0700); /* if it fails, making the file tells why */
    }
    free(folder);
}

/* In one write, on a line of its own. 0, or -1 after a message. */
static int add_line(const trust *t, const char *line, int line_is_open)
{
    char text[KNOWN_LINE_SIZE + 2];
    int len = snprintf(text, sizeof(text), "%s%s\n", line_is_open ? "\n" : "", line);
    int fd = open(t->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
    int error = 0;

    if (fd < 0 && errno == ENOENT) {
        make_folder(t->path);
        fd = open(t->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
    }
    if (fd < 0 || write(fd, text, (size_t)len) != len)
        error = errno != 0 ? errno : ENOSPC;
    if (fd >= 0 && close(fd) < 0)
        error = errno;
    if (error != 0)
        report_system(t->path, error);
    return error == 0 ? 0 : -1;
}

/* ---- start ---- */

/* The last word of the first line that is none of comment: base64 alone, or a line of known servers. */
static int pin_from_file(trust *t, const char *path)
{
    size_t len, start, end;
    char *text = read_file(path, 1, &len);
    int result = -1;

    if (text == NULL)
        return -1;
    text[len] = '\0';
    for (start = text_mark_length(text, len); text[start] == '#' || text[start] == '\n';) {
        start += strcspn(text + start, "\n");
        start += text[start] == '\n';
    }
    end = start + text_line_length(text + start, strcspn(text + start, "\n"));
    while (end > start && (text[end - 1] == ' ' || text[end - 1] == '\t'))
        end--;
    if (end - start >= SW_SERVER_KEY_TEXT_SIZE &&
        (end - start == SW_SERVER_KEY_TEXT_SIZE || text[end - SW_SERVER_KEY_TEXT_SIZE - 1] == ' '))
        result = sw_server_key_read(t->pin, text + end - SW_SERVER_KEY_TEXT_SIZE, SW_SERVER_KEY_TEXT_SIZE);
    if (result < 0)
        report("--server-key: %s: no public key of a server (%d characters of base64)", path,
               SW_SERVER_KEY_TEXT_SIZE);
    free(text);
    return result < 0 ? -1 : 0;
}

static int set_pin(trust *t, const char *pin)
{
    char *path;
    int result;

    t->has_pin = 1;
    if (strlen(pin) == SW_SERVER_KEY_TEXT_SIZE &&
        sw_server_key_read(t->pin, pin, SW_SERVER_KEY_TEXT_SIZE) == SW_OK)
        return 0;
    path = expanded_path(pin);
    result = path != NULL ? pin_from_file(t, path) : -1;
    free(path);
    return result;
}

static int look(const trust *t, const uint8_t *key, known_result *result, unsigned long *line, int *line_is_open)
{
    size_t len;
    char *text;

    *result = KNOWN_NOT;
    *line_is_open = 0;
    if (t->path == NULL || t->address[0] == '\0')
        return 0;
    text = read_file(t->path, 0, &len);
    if (text == NULL)
        return -1;
    *result = known_servers_find(text, len, t->address, key, line);
    *line_is_open = len > 0 && text[len - 1] != '\n';
    free(text);
    if (*result == KNOWN_BROKEN)
        report("%s: line %lu is no 'HOST:PORT x25519 BASE64', so the file is not used", t->path, *line);
    return *result == KNOWN_BROKEN ? -1 : 0;
}

static char *usual_path(void)
{
    const char *home = home_folder();

    return home != NULL ? home_path(home, ".paraslash/known_servers", "") : NULL;
}

int trust_init(trust *t, const sw_crypto *crypto, const char *host, const char *port, const char *pin,
               const char *known_servers, int accept_new)
{
    known_result result;
    unsigned long line;
    int line_is_open;

    memset(t, 0, sizeof(*t));
    t->crypto = crypto;
    t->accept_new = accept_new;
    if (host != NULL && server_address(host, port, t->address) < 0) {
        report("--host: '%s': white space, control characters, # and a byte order mark are no part of a name",
               host);
        return -1;
    }
    if (pin != NULL) {
        t->is_known = 1;
        return set_pin(t, pin);
    }
    if (known_servers == NULL)
        t->path = usual_path();
    else if (*known_servers != '\0')
        t->path = expanded_path(known_servers);
    if (look(t, NULL, &result, &line, &line_is_open) < 0)
        return -1;
    t->is_known = result != KNOWN_NOT;
    return 0;
}

void trust_free(trust *t)
{
    free(t->path);
}

/* ---- answers ---- */

/* By the terminal, wherever the standard streams are. 1: yes; 0: no; -1: there is none. */
static int ask(const trust *t, const char *fingerprint)
{
    FILE *terminal = fopen("/dev/tty", "r+e");
    char answer[16];
    int yes = 0;

    if (terminal == NULL)
        return -1;
    setvbuf(terminal, NULL, _IONBF, 0);
    print_escaped(terminal, t->peer, strlen(t->peer));
    fprintf(terminal,
            " is not known. Its key is\n    %s\nCompare that with what its log says at the "
            "start.\nIs it right, and shall it be remembered (yes or no)? ",
            fingerprint);
    fflush(terminal); /* C wants that between writing and reading */
    if (fgets(answer, sizeof(answer), terminal) != NULL)
        yes = strcmp(answer, "yes\n") == 0;
    fclose(terminal);
    return yes;
}

static trust_answer decide_new(const trust *t, const uint8_t *key, const char *fingerprint, int line_is_open)
{
    char line[KNOWN_LINE_SIZE] = "";
    int can_write = t->path != NULL && t->address[0] != '\0';
    int said = -1;

    if (can_write)
        known_server_line(t->address, key, line);
    if (can_write && t->accept_new && add_line(t, line, line_is_open) == 0) {
        report("%s: new server, %s, written to %s", t->peer, fingerprint, t->path);
        return TRUST_YES;
    }
    if (can_write && t->accept_new) {
        report("%s: unknown server, its key is %s", t->peer, fingerprint);
        return TRUST_NO;
    }
    if (can_write && (said = ask(t, fingerprint)) > 0)
        return add_line(t, line, line_is_open) == 0 ? TRUST_ASKED : TRUST_NO;
    report("%s: unknown server, its key is %s", t->peer, fingerprint);
    if (can_write && said < 0)
        report("if that is right, use --accept-new, or add this line to %s: %s", t->path, line);
    else if (!can_write)
        report("if that is right, use --server-key");
    return TRUST_NO;
}

static trust_answer refuse(const trust *t, const char *fingerprint, const char *where)
{
    report("%s: THE SERVER HAS ANOTHER KEY than %s: %s", t->peer, where, fingerprint);
    report("%s: SOMEBODY MAY BE IN BETWEEN. Ask whoever runs the server before you change anything.", t->peer);
    return TRUST_NO;
}

trust_answer trust_decide(trust *t, const uint8_t key[SW_X25519_SIZE])
{
    char fingerprint[SW_FINGERPRINT_SIZE + 1];
    known_result result;
    unsigned long line;
    int line_is_open;
    char where[64];

    if (sw_fingerprint(t->crypto, key, SW_X25519_SIZE, fingerprint) < 0) {
        report("%s: no fingerprint could be made of its key", t->peer);
        return TRUST_NO;
    }
    if (t->has_pin)
        return memcmp(key, t->pin, sizeof(t->pin)) == 0 ? TRUST_YES : refuse(t, fingerprint, "--server-key");
    if (look(t, key, &result, &line, &line_is_open) < 0)
        return TRUST_NO;
    if (result == KNOWN_RIGHT)
        return TRUST_YES;
    if (result == KNOWN_NOT)
        return decide_new(t, key, fingerprint, line_is_open);
    snprintf(where, sizeof(where), "line %lu of the known servers", line);
    return refuse(t, fingerprint, where);
}
