#include "stranger.h"

#include <string.h>

static const struct {
    const char *begin, *kind;
} strangers[] = {
    { "SSH-", "an SSH server" },
    { "HTTP/", "a web server" },
    { "<html", "a web server" },
    { "<!DOCTYPE", "a web server" },
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
    { "AMQP", "a message broker" },
    { "\x15\x03", "a TLS server" },
    { "\xff\xfb", "a telnet server" },
    { "\xff\xfd", "a telnet server" },
};

const char *stranger_kind(const void *first, size_t len)
{
    for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
        size_t n = strlen(strangers[i].begin);
        if (len >= n && memcmp(first, strangers[i].begin, n) == 0)
            return strangers[i].kind;
    }
    return NULL;
}
