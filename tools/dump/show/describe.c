/* SPDX-License-Identifier: ISC */
#include "describe.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

const char *const side_names[2] = { [FROM_CLIENT] = "client", [FROM_SERVER] = "server" };
const char *const arrow_names[2] = { [FROM_CLIENT] = "C>S", [FROM_SERVER] = "S>C" };

static void append(char *out, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void append(char *out, size_t size, const char *format, ...)
{
    size_t len = strlen(out);
    va_list args;

    va_start(args, format);
    vsnprintf(out + len, size - len, format, args);
    va_end(args);
}

/* ---- names ---- */

const char *kind_name(item_kind kind)
{
    static const char *const names[] = {
        [ITEM_GREETING] = "greeting",   [ITEM_REQUEST] = "request", [ITEM_CHALLENGE] = "challenge",
        [ITEM_RESPONSE] = "response",   [ITEM_NOISE] = "noise",     [ITEM_RECORD] = "record",
        [ITEM_PROCEED] = "proceed",     [ITEM_COMMAND] = "command", [ITEM_DATA] = "data",
        [ITEM_ENCRYPTED] = "encrypted", [ITEM_LOST] = "lost",       [ITEM_UNDECODED] = "undecoded",
    };

    return names[kind];
}

int item_is_fault(const item *what)
{
    return what->kind == ITEM_LOST || what->kind == ITEM_UNDECODED;
}

int item_is_message(const item *what)
{
    return !item_is_fault(what) && what->kind != ITEM_ENCRYPTED && what->kind != ITEM_RECORD;
}

const char *item_name(const item *what)
{
    if (what->band != BAND_NONE && item_is_message(what))
        return sw_band_name(what->band);
    return what->kind == ITEM_DATA ? "text" : kind_name(what->kind);
}

const char *cipher_name(unsigned features)
{
    if (features & SW_FEATURE_NOISE_AESGCM)
        return "AES-256-GCM";
    if (features & SW_FEATURE_NOISE_CHACHAPOLY)
        return "ChaCha20-Poly1305";
    return sw_features_cipher(features) == SW_CIPHER_RC4 ? "RC4" : "AES-128-CTR";
}

const char *mode_name(unsigned features)
{
    if (features & SW_FEATURES_SEALED)
        return "sealed";
    return features & SW_FEATURE_SIDEBAND ? "sideband" : "legacy";
}

const char *user_key_name(const session_info *info)
{
    return info->user_key == SW_KEY_ED25519 ? "ssh-ed25519" : "ssh-rsa";
}

/* ---- places and times ---- */

void describe_address(const endpoint *e, char out[ENDPOINT_TEXT_SIZE])
{
    out[0] = '\0';
    inet_ntop(e->family == 6 ? AF_INET6 : AF_INET, e->ip, out, ENDPOINT_TEXT_SIZE);
}

void describe_endpoint(const endpoint *e, char out[ENDPOINT_TEXT_SIZE])
{
    char address[ENDPOINT_TEXT_SIZE];

    describe_address(e, address);
    out[0] = '\0';
    append(out, ENDPOINT_TEXT_SIZE, e->family == 6 ? "[%s]:%u" : "%s:%u", address, (unsigned)e->port);
}

void describe_date(int64_t time, char out[DATE_TEXT_SIZE])
{
    int64_t fraction = time % 1000000000;
    time_t seconds = (time_t)(time / 1000000000);
    struct tm parts;

    if (fraction < 0) {
        fraction += 1000000000;
        seconds--;
    }
    out[0] = '\0';
    if (gmtime_r(&seconds, &parts) != NULL)
        strftime(out, DATE_TEXT_SIZE, "%Y-%m-%d %H:%M:%S", &parts);
    append(out, DATE_TEXT_SIZE, ".%06u UTC", (unsigned)(fraction / 1000));
}

int session_is_open(const session_info *info)
{
    return info->challenge == CHALLENGE_OPENED || info->challenge == CHALLENGE_KEYLOG;
}

int64_t relative_time(const session_info *info, int64_t time)
{
    return (int64_t)((uint64_t)time - (uint64_t)info->about.start);
}

/* ---- items ---- */

void describe_error(const sw_error *error, char *out, size_t size)
{
    if (error->code == SW_E_TRUNCATED)
        snprintf(out, size, "incomplete: %" PRIu64 " of %" PRIu64 " bytes came", error->value, error->limit);
    else
        sw_error_format(error, out, size);
}

static const char *no_key_text(const session_info *info)
{
    if (info->challenge == CHALLENGE_WRONG_KEYS)
        return "the keys do not fit";
    if (info->features & SW_FEATURES_SEALED)
        return info->keylog == NULL ? "sealed: only a key log opens it" : "not in the key log";
    if (info->challenge == CHALLENGE_NONE)
        return "the challenge was not seen";
    if (info->keylog == NULL)
        return info->keys > 0 ? "no key fits" : "no key given";
    return info->keys > 0 ? "no key fits, nor is it in the key log" : "not in the key log";
}

static void describe_challenge(const session_info *info, const item *what, char out[NOTE_SIZE])
{
    if (info->challenge == CHALLENGE_OPENED)
        snprintf(out, NOTE_SIZE, "opened by %s", info->key);
    else if (what->came == what->size && info->keylog == NULL) /* else the response will tell */
        snprintf(out, NOTE_SIZE, "%s", no_key_text(info));
}

static void describe_response(const session_info *info, const item *what, char out[NOTE_SIZE])
{
    if (what->response != RESPONSE_UNCHECKED)
        snprintf(out, NOTE_SIZE, "%s", what->response == RESPONSE_RIGHT ? "right" : "wrong");
    else if (info->challenge == CHALLENGE_KEYLOG)
        snprintf(out, NOTE_SIZE, "keys from %s", info->key);
}

/* What proves a user of a sealed session. */
static void describe_proof(const session_info *info, char out[NOTE_SIZE])
{
    if (info->user == NULL)
        return;
    snprintf(out, NOTE_SIZE, "user %.*s", (int)info->user_len, info->user);
    if (info->user_key != SW_KEY_NONE)
        append(out, NOTE_SIZE, ", %s %s", user_key_name(info), info->fingerprint);
    append(out, NOTE_SIZE, ", keys from %s", info->key);
}

/* The payload of the client's is clear: the largest record that it takes. */
static void describe_noise(const item *what, char out[NOTE_SIZE])
{
    size_t len = what->body_len;

    if (what->side == FROM_CLIENT && len == what->size && len > 2)
        snprintf(out, NOTE_SIZE, "takes records of up to %u bytes",
                 (unsigned)what->body[len - 2] << 8 | what->body[len - 1]);
}

static void describe_record(const session_info *info, const item *what, char out[NOTE_SIZE])
{
    snprintf(out, NOTE_SIZE, "number %" PRIu64, what->number);
    if (!session_is_open(info))
        append(out, NOTE_SIZE, ", %s", no_key_text(info));
    else if (what->error.code == SW_OK)
        append(out, NOTE_SIZE, ", not all of it is in the capture, or keys came later");
}

static void describe_lost(const item *what, char out[NOTE_SIZE])
{
    snprintf(out, NOTE_SIZE, "not in the capture");
    if (what->offset > 0)
        append(out, NOTE_SIZE, ", from byte %" PRIu64 " of a body on", what->offset);
}

void describe_item(const session_info *info, const item *what, char out[NOTE_SIZE])
{
    out[0] = '\0';
    switch (what->kind) {
    case ITEM_CHALLENGE: describe_challenge(info, what, out); break;
    case ITEM_RESPONSE:
        if (info->features & SW_FEATURES_SEALED)
            describe_proof(info, out);
        else
            describe_response(info, what, out);
        break;
    case ITEM_NOISE: describe_noise(what, out); break;
    case ITEM_RECORD: describe_record(info, what, out); break;
    case ITEM_ENCRYPTED: snprintf(out, NOTE_SIZE, "%s", no_key_text(info)); break;
    case ITEM_LOST: describe_lost(what, out); break;
    case ITEM_UNDECODED:
        if (what->resumed)
            snprintf(out, NOTE_SIZE, "decoding goes on behind them");
        break;
    case ITEM_COMMAND:
        if (what->arguments.unterminated)
            snprintf(out, NOTE_SIZE, "last argument not terminated");
        break;
    default: break;
    }
}

void describe_fault(const item *what, char out[NOTE_SIZE])
{
    out[0] = '\0';
    if (what->error.code < 0)
        describe_error(&what->error, out, NOTE_SIZE);
    else if (what->came < what->size && !what->more)
        snprintf(out, NOTE_SIZE, "only %" PRIu64 " bytes came", what->came);
}

/* ---- end ---- */

static const char *closed_text(const session_info *info, const outcome *how)
{
    if (how->lost[FROM_SERVER] > 0 || how->error[FROM_SERVER].code < 0 || how->unseen[FROM_SERVER] ||
        how->lost[FROM_CLIENT] > 0 || how->unseen[FROM_CLIENT])
        return "closed"; /* why is not known */
    switch (how->stage) {
    case STAGE_GREETED: return "no request";
    case STAGE_REQUESTED: return how->closer == FROM_SERVER ? "request refused" : "closed before the challenge";
    case STAGE_CHALLENGED: return "closed before the response";
    case STAGE_ANSWERED:
        return how->closer == FROM_SERVER ? "authentication failed" : "closed before the server's answer";
    case STAGE_ENCRYPTED: break;
    }
    if (session_is_open(info) && info->features & SW_FEATURE_SIDEBAND)
        return "closed without an exit packet";
    return "closed";
}

static const char *how_text(const outcome *how)
{
    switch (how->how) {
    case FLOW_RESET: return how->breaker == FROM_SERVER ? "reset by the server" : "reset by the client";
    case FLOW_REPLACED: return "its end was not captured";
    case FLOW_UNFINISHED: return "still open where the capture ends";
    case FLOW_DROPPED: return "dropped: too many connections are open";
    case FLOW_CLOSED: break;
    }
    return "";
}

void text_outcome(const session_info *info, const outcome *how, char *out, size_t size)
{
    int over = how->how == FLOW_CLOSED || how->how == FLOW_RESET;
    char why[256];

    out[0] = '\0';
    if (how->refused)
        append(out, size, "authentication failed");
    else if (how->exit_status >= 0)
        append(out, size, "exit status %d", how->exit_status);
    else if (over)
        append(out, size, "%s", closed_text(info, how));
    append(out, size, "%s%s", out[0] != '\0' && how->how != FLOW_CLOSED ? ", " : "", how_text(how));
    for (int side = 0; side < 2; side++) {
        if (how->unseen[side])
            append(out, size, "; %s: nothing captured", arrow_names[side]);
        if (how->lost[side] > 0)
            append(out, size, "; %s: %" PRIu64 " bytes lost", arrow_names[side], how->lost[side]);
        if (how->conflicts[side] > 0)
            append(out, size, "; %s: %" PRIu64 " repeated segments differ", arrow_names[side],
                   how->conflicts[side]);
        if (how->misplaced[side] > 0)
            append(out, size, "; %s: %" PRIu64 " segment%s passed over, out of place", arrow_names[side],
                   how->misplaced[side], how->misplaced[side] == 1 ? "" : "s");
        if (how->error[side].code < 0) {
            describe_error(&how->error[side], why, sizeof(why));
            append(out, size, "; %s: %s", arrow_names[side], why);
        }
    }
}
