/* SPDX-License-Identifier: ISC */
#include "turns.h"

#include "report.h"

#include <sidewire/backends.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_NAMES_SIZE = 1024, BACKEND_NAMES_SIZE = 64 };

void turns_begin(turns *t, const arguments *args, credentials *keys, sw_crypto *crypto)
{
    memset(t, 0, sizeof(*t));
    t->args = args;
    t->keys = keys;
    t->crypto = crypto;
    if (!(args->policy.features & SW_FEATURES_SEALED))
        t->kind = KIND_PLAIN;
    if (*keys->first >= keys->count)
        credentials_add_agent(keys); /* another process found that one of them is right */
}

void turns_end(turns *t)
{
    sw_backend_free(t->crypto);
}

/* One more in a list of names, of which the end is lost where there is no room. */
static void add_name(char *names, size_t size, const char *name)
{
    size_t len = strlen(names);

    snprintf(names + len, size - len, "%s%s", len > 0 ? ", " : "", name);
}

/* ---- Ed25519 keys of files, which not all backends know ---- */

/* The first of those built that signs with Ed25519; NULL: none. All that do are named. */
static sw_crypto *find_signing_backend(char names[BACKEND_NAMES_SIZE])
{
    sw_crypto *found = NULL;

    names[0] = '\0';
    for (size_t i = 0; sw_backend_name(i) != NULL; i++) {
        sw_crypto *crypto = sw_backend_new(sw_backend_name(i));

        if (crypto == NULL || crypto->ed25519_sign == NULL) {
            sw_backend_free(crypto);
            continue;
        }
        add_name(names, BACKEND_NAMES_SIZE, crypto->name);
        if (found == NULL)
            found = crypto;
        else
            sw_backend_free(crypto);
    }
    return found;
}

/* The backend may be exchanged for another one, unless the user named it. 0, or -1 with the reason. */
static int choose_backend(turns *t)
{
    char names[BACKEND_NAMES_SIZE];
    sw_crypto *other;

    if (t->crypto->ed25519_sign != NULL)
        return 0;
    other = find_signing_backend(names);
    if (other != NULL && t->args->crypto == NULL) {
        sw_backend_free(t->crypto);
        t->crypto = other;
        return 0;
    }
    if (other == NULL)
        snprintf(t->why, sizeof(t->why),
                 "%s cannot sign with Ed25519 keys; openssl and gcrypt can, which "
                 "were not built",
                 t->crypto->name);
    else
        snprintf(t->why, sizeof(t->why),
                 "%s cannot sign with Ed25519 keys; these can: %s; see --crypto, "
                 "or have an agent sign",
                 t->crypto->name, names);
    sw_backend_free(other);
    return -1;
}

static int make_usable(turns *t, credential *c)
{
    sw_error error = { 0, 0, 0 };

    if (c->secret.type != SW_KEY_ED25519)
        return 0;
    if (choose_backend(t) < 0)
        return -1;
    if (c->half.type == SW_KEY_NONE)
        error.code = sw_private_key_public(&c->secret, t->crypto, &c->half);
    memcpy(c->secret.ed25519.public_half, c->half.ed25519, sizeof(c->half.ed25519));
    if (error.code == SW_OK)
        return 0;
    sw_error_format(&error, t->why, sizeof(t->why));
    return -1;
}

/* ---- who is next ---- */

/* The next one that was not tried, from the one on that should be first; NULL: none. */
static credential *next_untried(const turns *t, int has_to_decrypt, size_t *place)
{
    const credentials *keys = t->keys;

    for (size_t i = 0; i < keys->count; i++) {
        size_t at = (*keys->first + i) % keys->count;

        if (!(t->tried & 1u << at) && (!has_to_decrypt || credential_decrypts(&keys->keys[at]))) {
            *place = at;
            return &t->keys->keys[at];
        }
    }
    return NULL;
}

static credential *next_signer(turns *t, size_t *at)
{
    credential *c;

    do {
        while ((c = next_untried(t, 0, at)) != NULL && make_usable(t, c) < 0)
            t->tried |= 1u << *at;
    } while (c == NULL && credentials_add_agent(t->keys));
    return c;
}

/* As long as it is not known what the server offers, there is one for either kind of session. */
int turns_next(turns *t, proof *p)
{
    int can_go_on = t->args->in < 0 || t->connections == 0;

    memset(p, 0, sizeof(*p));
    p->all = t->keys;
    if (!can_go_on || t->connections == CREDENTIALS_MAX)
        return 0;
    if (t->kind != KIND_PLAIN)
        p->signer = next_signer(t, &p->signer_at);
    if (p->signer != NULL && credential_decrypts(p->signer)) {
        p->decrypter = p->signer;
        p->decrypter_at = p->signer_at;
    } else if (t->kind != KIND_SEALED) {
        p->decrypter = next_untried(t, 1, &p->decrypter_at);
    }
    if (p->signer == NULL) {
        p->signer = p->decrypter;
        p->signer_at = p->decrypter_at;
    }
    t->connections += p->signer != NULL;
    return p->signer != NULL;
}

void turns_refused(turns *t, const proof *p, int status, const char *why)
{
    size_t at = status == CLIENT_KEY_REFUSED_SEALED ? p->signer_at : p->decrypter_at;

    t->kind = status == CLIENT_KEY_REFUSED_SEALED ? KIND_SEALED : KIND_PLAIN;
    snprintf(t->why, sizeof(t->why), "%s", why);
    if (status == CLIENT_KEY_REFUSED_PLAIN && p->decrypter == NULL)
        return;
    t->tried |= 1u << at;
    t->offered |= 1u << at;
    if (t->args->verbose)
        report("%s: %s", t->keys->keys[at].name, why);
}

/* ---- the end ---- */

static void name_keys(const turns *t, unsigned which, char names[KEY_NAMES_SIZE])
{
    names[0] = '\0';
    for (size_t i = 0; i < t->keys->count; i++)
        if (which & 1u << i)
            add_name(names, KEY_NAMES_SIZE, t->keys->keys[i].name);
}

static unsigned all_keys(const turns *t)
{
    return (1u << t->keys->count) - 1;
}

/* Nothing was said to the server but that there is none. */
static void tell_no_decrypter(const turns *t, const char *peer)
{
    const credential *c = &t->keys->keys[0];
    const char *since = "the server offers no other";
    char names[KEY_NAMES_SIZE];

    if (t->args->plain)
        since = "that is what --plain asks for";
    else if (!(t->args->policy.features & SW_FEATURES_SEALED))
        since = "--features has none of those for sealed ones";
    name_keys(t, all_keys(t), names);
    if (t->keys->count > 1)
        report(
            "%s: the session is plain (%s), and for that a file of an RSA key is needed; there are "
            "only: %s",
            peer, since, names);
    else if (c->half.type == SW_KEY_RSA)
        report(
            "%s: the session is plain (%s), and %s is in an agent, which can sign, but not decrypt: it "
            "needs a sealed session",
            peer, since, names);
    else
        report("%s: the session is plain (%s), and %s is an Ed25519 key, which needs a sealed session", peer,
               since, names);
}

/* What else there was. */
static void tell_others(const turns *t)
{
    const credentials *keys = t->keys;
    char names[KEY_NAMES_SIZE];

    name_keys(t, all_keys(t) & ~t->offered, names);
    if (names[0] != '\0' && t->kind == KIND_PLAIN)
        report("for sealed sessions only: %s", names);
    else if (names[0] != '\0')
        report("not tried: %s%s", names, t->args->in >= 0 ? " (one connection tries one key)" : "");
    if (keys->unused != NULL && keys->unused[0] != '\0')
        report("not usable: %s", keys->unused);
    if (keys->left_out > 0)
        report("the agent has %zu more keys; -k takes one of them, by a file of its public half", keys->left_out);
}

int turns_give_up(const turns *t, const char *peer)
{
    char names[KEY_NAMES_SIZE];

    name_keys(t, t->offered, names);
    if (t->offered == 0 && t->kind == KIND_PLAIN) {
        tell_no_decrypter(t, peer);
        return t->connections == 0 ? STATUS_USAGE : STATUS_CONNECTION;
    }
    if (t->offered == 0) {
        name_keys(t, all_keys(t), names);
        report("%s: %s", names, t->why);
        return STATUS_USAGE;
    }
    if (t->keys->is_chosen) {
        report("%s: %s", peer, t->why);
    } else {
        report("%s: %s; keys tried: %s", peer, t->why, names);
        tell_others(t);
    }
    return STATUS_CONNECTION;
}
