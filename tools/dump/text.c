#include "text.h"

#include "report.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

/* How much is shown. */
enum {
    PREVIEW_BYTES = 60,         /* of a body */
    HANDSHAKE_BYTES = 200,      /* of a greeting or request */
    COMMAND_BYTES = 1000        /* of all arguments together */
};

static const char *const arrows[] = { "C>S", "S>C" };

/* Words for an error. Where a capture ends early, no connection was closed. */
static void error_text(const sw_error *error, char *out, size_t size)
{
    if (error->code == SW_E_TRUNCATED)
        snprintf(out, size, "incomplete: %" PRIu64 " of %" PRIu64 " bytes came", error->value,
                 error->limit);
    else
        sw_error_format(error, out, size);
}

/* ---- header ---- */

static void print_endpoint(FILE *out, const endpoint *e)
{
    char text[INET6_ADDRSTRLEN] = "?";

    inet_ntop(e->family == 6 ? AF_INET6 : AF_INET, e->ip, text, sizeof(text));
    fprintf(out, e->family == 6 ? "[%s]:%u" : "%s:%u", text, (unsigned)e->port);
}

static void print_date(FILE *out, int64_t time)
{
    int64_t fraction = time % 1000000000;
    time_t seconds = (time_t)(time / 1000000000);
    char text[32] = "?";
    struct tm parts;

    if (fraction < 0) {
        fraction += 1000000000;
        seconds--;
    }
    if (gmtime_r(&seconds, &parts) != NULL)
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &parts);
    fprintf(out, "%s.%06u UTC", text, (unsigned)(fraction / 1000));
}

static void print_agreement(FILE *out, const session_info *info)
{
    char features[SW_FEATURES_TEXT_MAX];
    size_t len = sw_features_format(info->features, features, sizeof(features));

    fputs(", user ", out);
    print_escaped(out, info->user, info->user_len);
    if (len > 0)
        fprintf(out, ", features %.*s", (int)len, features);
    else
        fputs(", legacy", out);
    fprintf(out, ", cipher %s",
            sw_features_cipher(info->features) == SW_CIPHER_RC4 ? "RC4" : "AES-128-CTR");
}

static void text_begin(void *ctx, const session_info *info)
{
    FILE *out = ctx;

    fprintf(out, "%4" PRIu64 " session ", info->number);
    print_endpoint(out, &info->about.client);
    fputs(" > ", out);
    print_endpoint(out, &info->about.server);
    fputs(", ", out);
    print_date(out, info->about.start);
    if (info->request_seen)
        print_agreement(out, info);
    fputc('\n', out);
}

/* ---- items ---- */

static const char *item_name(const item *what)
{
    static const char *const names[] = {
        [ITEM_GREETING] = "greeting", [ITEM_REQUEST] = "request",
        [ITEM_CHALLENGE] = "challenge", [ITEM_RESPONSE] = "response",
        [ITEM_PROCEED] = "proceed", [ITEM_COMMAND] = "command",
        [ITEM_DATA] = "text", [ITEM_ENCRYPTED] = "encrypted",
        [ITEM_LOST] = "lost", [ITEM_UNDECODED] = "undecoded",
    };

    return what->band != BAND_NONE ? sw_band_name(what->band) : names[what->kind];
}

/* Between quotes, which only an unescaped quote ends. */
static void print_quoted(FILE *out, const void *data, size_t len)
{
    const char *p = data;

    fputc('"', out);
    while (len > 0) {
        const char *quote = memchr(p, '"', len);
        size_t n = quote != NULL ? (size_t)(quote - p) : len;

        print_escaped(out, p, n);
        if (quote != NULL) {
            fputs("\\\"", out);
            n++;
        }
        p += n;
        len -= n;
    }
    fputc('"', out);
}

static void print_body(FILE *out, const item *what)
{
    size_t max = what->kind == ITEM_GREETING || what->kind == ITEM_REQUEST ? HANDSHAKE_BYTES
                                                                           : PREVIEW_BYTES;
    size_t len = what->body_len < max ? what->body_len : max;

    if (what->size == 0)
        return;
    fputs("  ", out);
    print_quoted(out, what->body, len);
    if (len < what->size)
        fputs("...", out);
}

static void print_arguments(FILE *out, const item *what)
{
    size_t left = COMMAND_BYTES;

    fputc(' ', out);
    for (size_t i = 0; i < what->arguments.count; i++) {
        const sw_argument *argument = &what->argv[i];
        size_t n = argument->len < left ? argument->len : left;

        fputc(' ', out);
        if (left == 0) {
            fprintf(out, "... (%zu arguments)", what->arguments.count);
            break;
        }
        print_quoted(out, argument->data, n);
        if (n < argument->len)
            fputs("...", out);
        left -= n < left ? n + 1 : n; /* an empty one counts too */
    }
    if (what->arguments.unterminated)
        fputs(" (last argument not terminated)", out);
}

static void print_note(FILE *out, const char *note)
{
    fputs("  ", out);
    fputs(note, out);
}

static const char *no_key_text(const session_info *info)
{
    if (info->challenge == CHALLENGE_NONE)
        return "the challenge was not seen";
    return info->keys > 0 ? "no key fits" : "no key given";
}

static void print_challenge(FILE *out, const session_info *info, const item *what)
{
    if (info->challenge == CHALLENGE_OPENED) {
        print_note(out, "opened by ");
        print_escaped(out, info->key, strlen(info->key));
    } else if (what->came == what->size) {
        print_note(out, no_key_text(info));
    }
}

static void print_detail(FILE *out, const session_info *info, const item *what)
{
    switch (what->kind) {
    case ITEM_CHALLENGE:
        print_challenge(out, info, what);
        break;
    case ITEM_RESPONSE:
        if (what->response != RESPONSE_UNCHECKED)
            print_note(out, what->response == RESPONSE_RIGHT ? "right" : "wrong");
        break;
    case ITEM_COMMAND:
        if (what->error.code == SW_OK)
            print_arguments(out, what);
        else
            print_body(out, what);
        break;
    case ITEM_ENCRYPTED:
        print_note(out, "bytes, ");
        fputs(no_key_text(info), out);
        break;
    case ITEM_LOST:
        print_note(out, "bytes, not in the capture");
        break;
    case ITEM_UNDECODED:
        print_note(out, "bytes");
        break;
    default:
        print_body(out, what);
    }
}

/* Number of the session, and seconds from its first packet on. */
static void print_time(FILE *out, const session_info *info, int64_t time)
{
    uint64_t relative = (uint64_t)time - (uint64_t)info->about.start;
    int before = (int64_t)relative < 0; /* captures need not be in order */
    char seconds[32];

    if (before)
        relative = 0 - relative;
    snprintf(seconds, sizeof(seconds), "%s%" PRIu64 ".%06u", before ? "-" : "",
             relative / 1000000000, (unsigned)(relative % 1000000000 / 1000));
    fprintf(out, "%4" PRIu64 " %12s ", info->number, seconds);
}

static void text_item(void *ctx, const session_info *info, const item *what)
{
    FILE *out = ctx;
    char why[256];

    print_time(out, info, what->time);
    fprintf(out, "%s %-18s %10" PRIu64, arrows[what->side], item_name(what), what->size);
    print_detail(out, info, what);
    if (what->error.code < 0) {
        error_text(&what->error, why, sizeof(why));
        fprintf(out, " (%s)", why);
    } else if (what->came < what->size) {
        fprintf(out, " (only %" PRIu64 " bytes came)", what->came);
    }
    fputc('\n', out);
}

/* ---- end ---- */

static void append(char *out, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void append(char *out, size_t size, const char *format, ...)
{
    size_t len = strlen(out);
    va_list args;

    va_start(args, format);
    vsnprintf(out + len, size - len, format, args);
    va_end(args);
}

static const char *closed_text(const session_info *info, const outcome *how)
{
    if (how->lost[FROM_SERVER] > 0 || how->error[FROM_SERVER].code < 0 ||
        how->unseen[FROM_SERVER] || how->lost[FROM_CLIENT] > 0 || how->unseen[FROM_CLIENT])
        return "closed"; /* why is not known */
    switch (how->stage) {
    case STAGE_GREETED:
        return "no request";
    case STAGE_REQUESTED:
        return how->closer == FROM_SERVER ? "request refused" : "closed before the challenge";
    case STAGE_CHALLENGED:
        return "closed before the response";
    case STAGE_ANSWERED:
        return how->closer == FROM_SERVER ? "authentication failed"
                                          : "closed before the server's answer";
    case STAGE_ENCRYPTED:
        break;
    }
    if (info->challenge == CHALLENGE_OPENED && info->features & SW_FEATURE_SIDEBAND)
        return "closed without an exit packet";
    return "closed";
}

static const char *how_text(const outcome *how)
{
    switch (how->how) {
    case FLOW_RESET:
        return how->breaker == FROM_SERVER ? "reset by the server" : "reset by the client";
    case FLOW_REPLACED:
        return "its end was not captured";
    case FLOW_UNFINISHED:
        return "still open where the capture ends";
    case FLOW_DROPPED:
        return "dropped: too many connections are open";
    case FLOW_CLOSED:
        break;
    }
    return "";
}

void text_outcome(const session_info *info, const outcome *how, char *out, size_t size)
{
    int over = how->how == FLOW_CLOSED || how->how == FLOW_RESET;
    char why[256];

    out[0] = '\0';
    if (how->exit_status >= 0)
        append(out, size, "exit status %d", how->exit_status);
    else if (over)
        append(out, size, "%s", closed_text(info, how));
    append(out, size, "%s%s", out[0] != '\0' && how->how != FLOW_CLOSED ? ", " : "",
           how_text(how));
    for (int side = 0; side < 2; side++) {
        if (how->unseen[side])
            append(out, size, "; %s: nothing captured", arrows[side]);
        if (how->lost[side] > 0)
            append(out, size, "; %s: %" PRIu64 " bytes lost", arrows[side], how->lost[side]);
        if (how->error[side].code < 0) {
            error_text(&how->error[side], why, sizeof(why));
            append(out, size, "; %s: %s", arrows[side], why);
        }
    }
}

static void text_end(void *ctx, const session_info *info, const outcome *how)
{
    FILE *out = ctx;
    char words[1024];

    text_outcome(info, how, words, sizeof(words));
    print_time(out, info, how->time);
    fprintf(out, "end %s\n", words);
}

event_sink text_sink(FILE *out)
{
    event_sink sink = { out, text_begin, text_item, text_end };

    return sink;
}
