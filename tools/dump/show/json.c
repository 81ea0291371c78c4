/* SPDX-License-Identifier: ISC */
#include "json.h"

#include "describe.h"
#include "encoding.h"
#include "summary.h"
#include "watch/allocate.h"

#include <stdlib.h>
#include <string.h>

/* Packets of sessions that overlap take turns, and to write down an id takes longer than they do. */
enum { IDS = 256 };

typedef struct named_session {
    uint64_t number; /* 0: none */
    char id[SUMMARY_ID_SIZE];
} named_session;

typedef struct json {
    writer w;
    int without_bodies;
    named_session ids[IDS]; /* that were used lately, by the number's last digits */
} json;

/* ---- values ---- */

static void put_text_or_null(writer *w, const char *text)
{
    if (text != NULL)
        put_json_text(w, text);
    else
        put_text(w, "null");
}

static void put_flag(writer *w, int flag)
{
    put_text(w, flag ? "true" : "false");
}

/* Bytes of any kind: {"text":...,"base64":...}, of which one is null. */
static void put_blob(writer *w, const void *data, size_t len)
{
    if (len == 0) {
        put_text(w, "{\"text\":\"\",\"base64\":null}");
    } else if (is_utf8(data, len)) {
        put_text(w, "{\"text\":");
        put_json_string(w, data, len);
        put_text(w, ",\"base64\":null}");
    } else {
        put_text(w, "{\"text\":null,\"base64\":\"");
        put_base64(w, data, len);
        put_text(w, "\"}");
    }
}

static void put_blob_or_null(writer *w, const char *text)
{
    if (text != NULL)
        put_blob(w, text, strlen(text));
    else
        put_text(w, "null");
}

static void put_error(writer *w, const sw_error *error)
{
    char text[NOTE_SIZE];

    if (error->code >= 0) {
        put_text(w, "null");
        return;
    }
    describe_error(error, text, sizeof(text));
    put_text(w, "{\"code\":-");
    put_number(w, 0 - (uint64_t)(int64_t)error->code, 0);
    put_text(w, ",\"text\":");
    put_json_text(w, text);
    put_text(w, ",\"value\":");
    put_json_number(w, error->value);
    put_text(w, ",\"limit\":");
    put_json_number(w, error->limit);
    put_char(w, '}');
}

/* ---- objects ---- */

/* What all objects begin with. */
static void put_head(json *j, const char *type, const session_info *info, int64_t time)
{
    named_session *named = &j->ids[info->number % IDS];
    writer *w = &j->w;

    if (named->number != info->number) {
        summary_id(info, named->id);
        named->number = info->number;
    }
    put_text(w, "{\"schema\":");
    put_number(w, JSON_SCHEMA, 0);
    put_text(w, ",\"type\":\"");
    put_text(w, type);
    put_text(w, "\",\"session\":");
    put_json_number(w, info->number);
    put_text(w, ",\"id\":\"");
    put_text(w, named->id);
    put_text(w, "\",\"time\":\"");
    put_seconds(w, time, 9, 0);
    put_text(w, "\",\"relative\":\"");
    put_seconds(w, relative_time(info, time), 9, 0);
    put_char(w, '"');
}

static void end_object(writer *w)
{
    put_text(w, "}\n");
    writer_event_over(w);
}

static void put_endpoint(writer *w, const char *name, const endpoint *e)
{
    char address[ENDPOINT_TEXT_SIZE];

    describe_address(e, address);
    put_text(w, name);
    put_text(w, "{\"address\":");
    put_json_text(w, address);
    put_text(w, ",\"port\":");
    put_number(w, e->port, 0);
    put_char(w, '}');
}

static void put_features(writer *w, unsigned features)
{
    static const unsigned all[] = { SW_FEATURE_SIDEBAND, SW_FEATURE_AES_CTR128, SW_FEATURE_SHA256,
                                    SW_FEATURE_NOISE_AESGCM, SW_FEATURE_NOISE_CHACHAPOLY };
    char name[SW_FEATURES_TEXT_MAX];
    int some = 0;

    put_char(w, '[');
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (!(features & all[i]))
            continue;
        put_text(w, some++ ? ",\"" : "\"");
        put_bytes(w, name, sw_features_format(all[i], name, sizeof(name)));
        put_char(w, '"');
    }
    put_char(w, ']');
}

static void put_user(writer *w, const session_info *info)
{
    if (info->user != NULL)
        put_blob(w, info->user, info->user_len);
    else
        put_text(w, "null");
}

/* Of a sealed session. */
static void put_user_key(writer *w, const session_info *info)
{
    char text[SW_FINGERPRINT_SIZE + 32];

    if (info->user_key == SW_KEY_NONE) {
        put_text(w, "null");
        return;
    }
    snprintf(text, sizeof(text), "%s %s", user_key_name(info), info->fingerprint);
    put_json_text(w, text);
}

static void json_begin(void *ctx, const session_info *info)
{
    json *j = ctx;
    writer *w = &j->w;

    put_head(j, "session", info, info->about.start);
    put_endpoint(w, ",\"client\":", &info->about.client);
    put_endpoint(w, ",\"server\":", &info->about.server);
    put_text(w, ",\"user\":");
    put_user(w, info);
    if (info->request_seen) {
        put_text(w, ",\"mode\":");
        put_json_text(w, mode_name(info->features));
        put_text(w, ",\"features\":");
        put_features(w, info->features);
        put_text(w, ",\"cipher\":");
        put_json_text(w, cipher_name(info->features));
    } else {
        put_text(w, ",\"mode\":null,\"features\":null,\"cipher\":null");
    }
    end_object(w);
}

static void put_arguments(writer *w, const item *what)
{
    put_char(w, '[');
    for (size_t i = 0; i < what->arguments.count; i++) {
        if (i > 0)
            put_char(w, ',');
        put_blob(w, what->argv[i].data, what->argv[i].len);
    }
    put_char(w, ']');
}

/* What only some kinds have. */
static void put_specials(writer *w, const item *what)
{
    static const char *const responses[] = {
        [RESPONSE_UNCHECKED] = NULL, [RESPONSE_RIGHT] = "right", [RESPONSE_WRONG] = "wrong"
    };
    int is_command = what->kind == ITEM_COMMAND && what->error.code == SW_OK;

    put_text(w, ",\"argv\":");
    if (is_command)
        put_arguments(w, what);
    else
        put_text(w, "null");
    put_text(w, ",\"unterminated\":");
    put_flag(w, is_command && what->arguments.unterminated);
    put_text(w, ",\"response\":");
    put_text_or_null(w, what->kind == ITEM_RESPONSE ? responses[what->response] : NULL);
    put_text(w, ",\"record\":");
    if (what->kind == ITEM_RECORD)
        put_json_number(w, what->number);
    else
        put_text(w, "null");
    put_text(w, ",\"error\":");
    put_error(w, &what->error);
}

static void json_item(void *ctx, const session_info *info, const item *what)
{
    json *j = ctx;
    writer *w = &j->w;

    put_head(j, "packet", info, what->time);
    put_text(w, ",\"frame\":");
    if (what->frame > 0)
        put_json_number(w, what->frame);
    else
        put_text(w, "null");
    put_text(w, ",\"from\":\"");
    put_text(w, side_names[what->side]);
    put_text(w, "\",\"kind\":\"");
    put_text(w, kind_name(what->kind));
    put_text(w, "\",\"band\":");
    put_text_or_null(w, what->band != BAND_NONE ? sw_band_name(what->band) : NULL);
    put_text(w, ",\"size\":");
    put_json_number(w, what->size);
    put_text(w, ",\"came\":");
    put_json_number(w, what->came);
    put_text(w, ",\"offset\":");
    put_json_number(w, what->offset);
    put_text(w, ",\"more\":");
    put_flag(w, what->more);
    put_text(w, ",\"resumed\":");
    put_flag(w, what->resumed);
    put_text(w, ",\"body\":");
    if (item_is_message(what) && !j->without_bodies)
        put_blob(w, what->body, what->body_len);
    else
        put_text(w, "null");
    put_specials(w, what);
    end_object(w);
}

/* ---- end ---- */

static const char *challenge_name(challenge_state state)
{
    static const char *const names[] = {
        [CHALLENGE_NONE] = "none",     [CHALLENGE_UNOPENED] = "sealed", [CHALLENGE_WRONG_KEYS] = "wrong keys",
        [CHALLENGE_OPENED] = "opened", [CHALLENGE_KEYLOG] = "keylog",
    };

    return names[state];
}

static const char *stage_name(stage reached)
{
    static const char *const names[] = {
        [STAGE_GREETED] = "greeted",   [STAGE_REQUESTED] = "requested", [STAGE_CHALLENGED] = "challenged",
        [STAGE_ANSWERED] = "answered", [STAGE_ENCRYPTED] = "encrypted",
    };

    return names[reached];
}

static const char *end_name(flow_end how)
{
    static const char *const names[] = {
        [FLOW_CLOSED] = "closed",         [FLOW_RESET] = "reset",     [FLOW_REPLACED] = "replaced",
        [FLOW_UNFINISHED] = "unfinished", [FLOW_DROPPED] = "dropped",
    };

    return names[how];
}

/* Numbers of the two sides. */
static void put_sides(writer *w, const char *name, const uint64_t sides[2])
{
    put_text(w, name);
    put_text(w, "{\"client\":");
    put_json_number(w, sides[FROM_CLIENT]);
    put_text(w, ",\"server\":");
    put_json_number(w, sides[FROM_SERVER]);
    put_char(w, '}');
}

static void put_closing(writer *w, const outcome *how)
{
    int closed = how->how == FLOW_CLOSED || how->how == FLOW_RESET;

    put_text(w, ",\"stage\":");
    put_json_text(w, stage_name(how->stage));
    put_text(w, ",\"how\":");
    put_json_text(w, end_name(how->how));
    put_text(w, ",\"closer\":");
    put_text_or_null(w, closed ? side_names[how->closer] : NULL);
    put_text(w, ",\"breaker\":");
    put_text_or_null(w, how->how == FLOW_RESET ? side_names[how->breaker] : NULL);
    put_text(w, ",\"exit_status\":");
    if (how->exit_status >= 0)
        put_number(w, (uint64_t)how->exit_status, 0);
    else
        put_text(w, "null");
}

static void json_end(void *ctx, const session_info *info, const outcome *how)
{
    json *j = ctx;
    writer *w = &j->w;
    char words[OUTCOME_SIZE];

    text_outcome(info, how, words, sizeof(words));
    put_head(j, "end", info, how->time);
    put_text(w, ",\"challenge\":");
    put_json_text(w, challenge_name(info->challenge));
    put_text(w, ",\"key\":");
    put_blob_or_null(w, info->key);
    put_text(w, ",\"user\":");
    put_user(w, info);
    put_text(w, ",\"user_key\":");
    put_user_key(w, info);
    put_text(w, ",\"refused\":");
    put_flag(w, how->refused);
    put_closing(w, how);
    put_sides(w, ",\"records\":", how->records);
    put_sides(w, ",\"rekeyed\":", how->rekeyed);
    put_sides(w, ",\"lost\":", how->lost);
    put_sides(w, ",\"conflicts\":", how->conflicts);
    put_sides(w, ",\"misplaced\":", how->misplaced);
    put_text(w, ",\"unseen\":{\"client\":");
    put_flag(w, how->unseen[FROM_CLIENT]);
    put_text(w, ",\"server\":");
    put_flag(w, how->unseen[FROM_SERVER]);
    put_text(w, "},\"errors\":{\"client\":");
    put_error(w, &how->error[FROM_CLIENT]);
    put_text(w, ",\"server\":");
    put_error(w, &how->error[FROM_SERVER]);
    put_text(w, "},\"damaged\":");
    put_flag(w, how->damaged);
    put_text(w, ",\"outcome\":");
    put_json_text(w, words);
    end_object(w);
}

static void json_flush(void *ctx)
{
    writer_flush(&((json *)ctx)->w);
}

static int json_finish(void *ctx)
{
    json_flush(ctx);
    free(ctx);
    return 0;
}

view json_view(FILE *out, int without_bodies)
{
    json *j = allocate(sizeof(*j));
    view p = { { j, json_begin, json_item, json_end }, json_flush, json_finish };

    j->without_bodies = without_bodies;
    writer_init(&j->w, out);
    return p;
}
