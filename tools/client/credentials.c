/* SPDX-License-Identifier: ISC */
#include "credentials.h"

#include "agent.h"
#include "identity.h"
#include "key_file.h"
#include "report.h"

#include <sidewire/ssh.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { WHY_SIZE = 512 };

/* The agent is asked once, when it is first of interest. */
typedef struct asked_agent {
    int asked, failed;
    agent_identities identities;
    char why[AGENT_WHY_SIZE]; /* why nothing is known of it */
} asked_agent;

typedef struct search {
    credentials *all;
    asked_agent agent;
    FILE *unused; /* writes all->unused */
    size_t unused_len;
} search;

int credential_is_in_agent(const credential *c)
{
    return c->secret.type == SW_KEY_NONE;
}

int credential_decrypts(const credential *c)
{
    return c->secret.type == SW_KEY_RSA;
}

/* ---- the agent's keys ---- */

static void ask_agent(asked_agent *agent)
{
    if (agent->asked)
        return;
    agent->asked = 1;
    agent->failed = agent_list_identities(&agent->identities, agent->why) < 0;
}

static int same_key(const sw_public_key *a, const sw_public_key *b)
{
    uint8_t blob[SW_SSH_KEY_MAX];
    size_t len;

    return sw_ssh_key_write(b, blob, sizeof(blob), &len) == SW_OK && sw_ssh_key_is(a, blob, len) == 1;
}

static int agent_has(asked_agent *agent, const sw_public_key *half)
{
    ask_agent(agent);
    for (size_t i = 0; !agent->failed && i < agent->identities.count; i++)
        if (same_key(half, &agent->identities.list[i].key))
            return 1;
    return 0;
}

/* Adds to the reason why there is no private key in a file, why no agent helps. */
static void tell_absent(const asked_agent *agent, const char *path, int is_locked, int has_half,
                        char why[WHY_SIZE])
{
    size_t len = strlen(why);
    const char *problem = agent->failed ? agent->why : "the agent does not have it";

    if (!has_half)
        snprintf(why + len, WHY_SIZE - len,
                 "; for an agent to have it, which ssh-add %s does, %s.pub is "
                 "needed as well",
                 path, path);
    else if (is_locked)
        snprintf(why + len, WHY_SIZE - len, ", and %s; ssh-add %s gives it to an agent", problem, path);
    else
        snprintf(why + len, WHY_SIZE - len, ", or an agent that has it: %s", problem);
}

/* ---- files ---- */

/* The next free place; NULL: all are taken. */
static credential *next_place(credentials *all)
{
    return all->count < CREDENTIALS_MAX ? &all->keys[all->count] : NULL;
}

/* 0, or -1 with the reason why the file is of no use. Files come first, and are fewer than there are places. */
static int load_file(search *s, const char *path, char why[WHY_SIZE])
{
    credential *c = &s->all->keys[s->all->count];
    int result;

    result = load_user_key(&c->secret, &c->half, path, why, WHY_SIZE);
    if (result < 0)
        return -1;
    if (result > 0 && (c->half.type == SW_KEY_NONE || !agent_has(&s->agent, &c->half))) {
        tell_absent(&s->agent, path, result == KEY_FILE_LOCKED, c->half.type != SW_KEY_NONE, why);
        return -1;
    }
    if (result == 0 && sw_private_key_public(&c->secret, NULL, &c->half) < 0)
        c->half.type = SW_KEY_NONE;
    c->name = strdup(path);
    if (c->name == NULL) { /* analyzer-malloc-leak: the list has it */
        snprintf(why, WHY_SIZE, "%s", strerror(ENOMEM));
        sw_private_key_wipe(&c->secret);
        return -1;
    }
    s->all->count++;
    return 0;
}

static int load_chosen(search *s, const char *given)
{
    char *path = expanded_path(given);
    char why[WHY_SIZE];
    int result = path != NULL ? load_file(s, path, why) : -1;

    if (path != NULL && result < 0)
        report("%s: %s", path, why);
    free(path);
    return result;
}

static void load_usual_file(search *s, const char *path)
{
    char why[WHY_SIZE];

    if (load_file(s, path, why) < 0)
        fprintf(s->unused, "%s%s: %s", ftell(s->unused) > 0 ? "; " : "", path, why);
}

static int is_loaded(const credentials *all, const sw_public_key *half)
{
    for (size_t i = 0; i < all->count; i++)
        if (same_key(&all->keys[i].half, half))
            return 1;
    return 0;
}

static void load_agent(search *s)
{
    ask_agent(&s->agent);
    for (size_t i = 0; !s->agent.failed && i < s->agent.identities.count; i++) {
        const agent_identity *identity = &s->agent.identities.list[i];
        credential *c = next_place(s->all);

        if (is_loaded(s->all, &identity->key))
            continue;
        if (c == NULL) {
            s->all->left_out++;
            continue;
        }
        c->half = identity->key;
        if (asprintf(&c->name, "the agent's %s key '%s'", c->half.type == SW_KEY_RSA ? "RSA" : "Ed25519",
                     identity->comment) < 0)
            c->name = NULL;
        else
            s->all->count++;
    }
}

/* Those of ssh, and one of this program. */
static int load_usual(search *s, const char *user)
{
    char *paths[USUAL_KEYS];
    int count = identity_key_paths(user, paths);

    for (int i = 0; i < count; i++) {
        load_usual_file(s, paths[i]);
        free(paths[i]);
    }
    fflush(s->unused);
    s->all->agent_waits = s->all->count > 0;
    if (!s->all->agent_waits)
        load_agent(s);
    if (s->all->count > 0)
        return 0;
    if (s->unused_len > 0)
        report("no key can be used: %s", s->all->unused);
    else
        report(
            "no key: none of ~/.paraslash/key.%s, ~/.ssh/id_ed25519 and ~/.ssh/id_rsa exists, and %s; "
            "see -k",
            user, s->agent.failed ? s->agent.why : "the agent has none");
    return -1;
}

/* ---- all of them ---- */

static int find(search *s, const arguments *args)
{
    int result;

    s->unused = open_memstream(&s->all->unused, &s->unused_len);
    if (s->unused == NULL) {
        report_system("keys", ENOMEM);
        return -1;
    }
    s->all->is_chosen = args->key_path != NULL;
    result = s->all->is_chosen ? load_chosen(s, args->key_path) : load_usual(s, args->user);
    fclose(s->unused);
    agent_identities_free(&s->agent.identities);
    return result;
}

int credentials_load(credentials *all, const arguments *args)
{
    search s = { .all = all };

    memset(all, 0, sizeof(*all));
    /* invalidFunctionArg: no file, so -1 */
    all->first = mmap(NULL, sizeof(*all->first), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (all->first == MAP_FAILED) {
        report_system("keys", errno);
        all->first = NULL;
        return -1;
    }
    return find(&s, args);
}

int credentials_add_agent(credentials *all)
{
    search s = { .all = all };
    size_t before = all->count;

    if (!all->agent_waits)
        return 0;
    all->agent_waits = 0;
    load_agent(&s);
    agent_identities_free(&s.agent.identities);
    return all->count > before;
}

void credentials_wipe(credentials *all)
{
    for (size_t i = 0; i < CREDENTIALS_MAX; i++)
        sw_private_key_wipe(&all->keys[i].secret);
}

void credentials_free(credentials *all)
{
    credentials_wipe(all);
    for (size_t i = 0; i < all->count; i++)
        free(all->keys[i].name);
    free(all->unused);
    if (all->first != NULL)
        munmap(all->first, sizeof(*all->first));
}
