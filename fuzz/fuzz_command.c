/* SPDX-License-Identifier: ISC */
/* What is decoded encodes to the same again. Input: a byte that limits the number of arguments,
 * then a text that every parser gets: sideband and legacy command, permissions, features, request,
 * command name. */
#include <sidewire/audio/commands.h>
#include <sidewire/messages.h>

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef int encode_function(const sw_argument *argv, size_t argc, uint8_t *out, size_t cap, size_t *len,
                            sw_error *error);
typedef int decode_function(const uint8_t *text, size_t len, sw_argument *argv, size_t max, sw_command_info *out,
                            sw_error *error);

typedef struct argv_codec {
    const char *name;
    encode_function *encode;
    decode_function *decode;
} argv_codec;

static const argv_codec sideband = { "sideband command", sw_command_encode, sw_command_decode };
static const argv_codec legacy = { "legacy command", sw_command_encode_legacy, sw_command_decode_legacy };

/* A decoded command. */
typedef struct command {
    sw_argument *argv;
    sw_command_info info;
} command;

/* ---- commands ---- */

static void check_arguments(const command *c, const uint8_t *text, size_t len)
{
    const char *end = (const char *)text + len;
    const char *p = (const char *)text;

    for (size_t i = 0; i < c->info.count; i++) {
        const sw_argument *a = &c->argv[i];
        check(a->data >= p && a->len <= (size_t)(end - a->data), "an argument lies in the text");
        check(memchr(a->data, '\0', a->len) == NULL, "an argument has no NUL");
        p = a->data + a->len;
    }
}

static void command_free(command *c)
{
    free(c->argv);
}

static int encode(const argv_codec *codec, const command *c, uint8_t *out, size_t cap, size_t *len,
                  sw_error *error)
{
    return codec->encode(c->argv, c->info.count, out, cap, len, error);
}

/* Encodes to exactly the room needed, and to one byte less. */
static void check_encoded(const argv_codec *codec, const command *c, const uint8_t *text, size_t len)
{
    uint8_t *out = exact_block(len);
    size_t written;
    sw_error error;

    check_result(codec->name, encode(codec, c, out, len, &written, &error), SW_OK);
    check_bytes(codec->name, out, written, text, len);
    check_result(codec->name, encode(codec, c, out, len - 1, &written, &error), SW_E_SPACE);
    check_number("room needed", error.limit, len);
    check_number("bytes written without room", written, 0);
    free(out);
}

/* Without its last NUL a body of the largest size stands for one above it. */
static int is_too_long(const command *c, size_t len)
{
    return c->info.unterminated && len == SW_COMMAND_MAX;
}

static void round_trip(const argv_codec *codec, const command *c, const uint8_t *text, size_t len)
{
    uint8_t *whole = exact_block(len + 1);
    size_t written;

    memcpy(whole, text, len);
    whole[len] = '\0';
    if (is_too_long(c, len))
        check_result("too long", encode(codec, c, whole, len + 1, &written, NULL), SW_E_COMMAND_SIZE);
    else
        check_encoded(codec, c, whole, len + (c->info.unterminated != 0));
    free(whole);
}

static void check_command(const argv_codec *codec, const uint8_t *text, size_t len, size_t max)
{
    command c = { NULL, { 0, 0 } };
    sw_command_info few;
    sw_error error;
    int result;

    c.argv = malloc((len + 1) * sizeof(*c.argv));
    check(c.argv != NULL, "there is memory");
    result = codec->decode(text, len, c.argv, len + 1, &c.info, &error);
    check_result("code", error.code, result);
    check(result != SW_E_COMMAND_COUNT, "each argument has a byte at least");
    if (result == SW_OK) {
        check(c.info.count > 0, "a command has arguments");
        check_arguments(&c, text, len);
        round_trip(codec, &c, text, len);
        result = codec->decode(text, len, c.argv, max, &few, NULL);
        check_result("limited", result, c.info.count > max ? SW_E_COMMAND_COUNT : SW_OK);
        check_number("counted", few.count, c.info.count);
    }
    command_free(&c);
}

/* ---- sets ---- */

static void check_permissions(const char *text, size_t len)
{
    unsigned set = 99;

    if (sw_permissions_parse_names(text, len, &set, NULL) == SW_OK)
        check(set > 0 && set <= SW_PERMISSIONS_ALL, "names are a known set");
    else
        check_number("permissions after an error", set, 99);
}

static void check_features(const char *text, size_t len)
{
    char formatted[SW_FEATURES_TEXT_MAX];
    unsigned set = 99, again = 99;
    size_t n;

    if (sw_features_parse(text, len, &set, NULL) != SW_OK) {
        check_number("features after an error", set, 99);
        return;
    }
    check(set <= SW_FEATURES_ALL, "features are a known set");
    n = sw_features_format(set, formatted, sizeof(formatted));
    check(n <= len, "a formatted list is no longer than any other");
    check_result("features", sw_features_parse(formatted, n, &again, NULL), SW_OK);
    check_number("features", again, set);
}

static void check_request(const uint8_t *text, size_t len)
{
    sw_request request, again;
    sw_error error;
    uint8_t *out;
    char *user;
    size_t written;
    int result = sw_request_parse(text, len, &request, &error);

    check_result("code", error.code, result);
    if (result < 0) {
        check_zero("request after an error", &request, sizeof(request));
        return;
    }
    user = (char *)exact_block(request.user_len + 1);
    memcpy(user, request.user, request.user_len);
    user[request.user_len] = '\0';
    out = exact_block(len);
    check_result("request", sw_request_format(user, request.features, out, len, &written, NULL), SW_OK);
    check_result("request again", sw_request_parse(out, written, &again, NULL), SW_OK);
    check_number("features", again.features, request.features);
    check_bytes("user", again.user, again.user_len, request.user, request.user_len);
    free(user);
    free(out);
}

/* A command of `more` arguments behind this name, asked for by somebody with all permissions. */
static void check_lookup(const char *name, size_t len, size_t more)
{
    const sw_argument argv[] = { { name, len }, { "", 0 }, { "", 0 }, { "", 0 } };
    const sw_command *found = sw_command_find(&sw_audio_commands, name, len);
    const sw_command *checked;
    const char *refusal;
    int result =
        sw_command_check(&sw_audio_commands, argv, 1 + more, SW_PERMISSIONS_ALL, &checked, &refusal, NULL);

    check(checked == found, "both ways find one command");
    check((result == SW_OK) == (refusal == NULL), "a refusal has a text");
    if (found == NULL) {
        check_result("not found", result, SW_E_COMMAND_UNKNOWN);
        return;
    }
    check_bytes("name", found->name, strlen(found->name), name, len);
    check_result("arguments", result, more < found->least || more > found->most ? SW_E_COMMAND_ARGUMENTS : SW_OK);
    if (found->permissions != 0)
        check_result("denied", sw_command_check(&sw_audio_commands, argv, 1, 0, &checked, NULL, NULL),
                     SW_E_COMMAND_DENIED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t max = size > 0 ? data[0] : 0;
    size_t len = size > 0 ? size - 1 : 0;
    uint8_t *text = exact_copy(size > 0 ? data + 1 : data, len);
    const char *characters = (const char *)text;

    check_command(&sideband, text, len, max);
    check_command(&legacy, text, len, max);
    check_permissions(characters, len);
    check_features(characters, len);
    check_request(text, len);
    check_lookup(characters, len, max % 4);
    free(text);
    return 0;
}
