/* SPDX-License-Identifier: ISC */
#include "stranger.h"

#include <stdint.h>
#include <string.h>

static const struct {
    const char *begin, *kind;
} strangers[] = {
    { "SSH-", "an SSH server" },
    { "HTTP/", "a web server" },
    { "<html", "a web server" },
    { "<!DOCTYPE", "a web server" },
    { "<?xml", "a service that speaks XML" },
    { "<stream:stream", "a chat server" },
    { "ICY ", "a streaming server" },
    { "OK MPD ", "an MPD server" },
    { "RFB ", "a VNC server" },
    { "RTSP/", "an RTSP server" },
    { "@RSYNCD:", "an rsync server" },
    { "+OK ", "a POP3 server" },
    { "* OK ", "an IMAP server" },
    { "* PREAUTH ", "an IMAP server" },
    { "220 ", "a mail or FTP server" },
    { "220-", "a mail or FTP server" },
    { "554 ", "a mail server" },
    { "200 ", "a news server" },
    { "201 ", "a news server" },
    { "-ERR ", "a database or mail server" },
    { "-NOAUTH", "a Redis server" },
    { "-DENIED", "a Redis server" },
    { "+PONG", "a Redis server" },
    { "NOTICE AUTH", "a chat server" },
    { "AMQP", "a message broker" },
    { "\x15\x03", "a TLS server" },
    { "\xff\xfb", "a telnet server" },
    { "\xff\xfd", "a telnet server" },
};

/* A packet whose length comes first, which is short, and then its number 0 and the protocol's version, 10. */
static int is_database(const uint8_t *first, size_t len)
{
    return len >= 5 && first[1] == 0 && first[2] == 0 && first[3] == 0 && first[4] == 10;
}

const char *stranger_kind(const void *first, size_t len)
{
    if (is_database(first, len))
        return "a MySQL server";
    for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
        size_t n = strlen(strangers[i].begin);
        if (len >= n && memcmp(first, strangers[i].begin, n) == 0)
            return strangers[i].kind;
    }
    return NULL;
}
