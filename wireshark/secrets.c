/* SPDX-License-Identifier: ISC */
#include "secrets.h"

#include "watch/keylog.h"
#include "watch/keyring.h"

#include <sidewire/backends.h>
#include <sidewire/observer.h>

#include <cfile.h>
#include <epan/packet.h>
#include <epan/prefs.h>
#include <epan/secrets.h>
#include <epan/uat.h>

#include <string.h>

/* ---- preferences ---- */

/* A line of the table of private keys. */
typedef struct key_row {
    char *path;
} key_row;

static key_row *rows;
static guint row_count;
static const char *log_path;

/* unknownMacro: of Wireshark's headers; makes the functions below */
UAT_FILENAME_CB_DEF(row, path, key_row)

static void *row_copy(void *to, const void *from, size_t len)
{
    key_row *row = to;

    (void)len;
    row->path = g_strdup(((const key_row *)from)->path);
    return to;
}

static void row_free(void *row)
{
    g_free(((key_row *)row)->path);
}

/* ---- what they lead to ---- */

static sw_crypto *crypto;
static int is_loaded;
static keyring ring;
static GPtrArray *names; /* the ring's names */
static keylog_reader *key_log;
static char *key_log_path; /* its name, which must stay */
static char excuse[512];
static int is_asked; /* the capture for its keys */
static int has_own_keys;

static void set_excuse(const char *path, const char *why)
{
    snprintf(excuse, sizeof(excuse), "%s: %s", path, why);
}

static void load_key(const char *path)
{
    char *name = g_strdup(path);
    char why[256];

    g_ptr_array_add(names, name);
    if (keyring_add(&ring, name, why, sizeof(why)) < 0)
        set_excuse(path, why);
}

static void load(void)
{
    char why[256];

    if (is_loaded)
        return;
    is_loaded = 1;
    names = g_ptr_array_new_with_free_func(g_free);
    snprintf(excuse, sizeof(excuse), "no private key and no key log is given in the preferences");
    if (row_count > 0)
        snprintf(excuse, sizeof(excuse), "no private key fits");
    if (log_path != NULL && log_path[0] != '\0') {
        snprintf(excuse, sizeof(excuse), "no private key fits, and the key log has no keys");
        key_log_path = g_strdup(log_path);
        key_log = keylog_new(key_log_path);
        if (keylog_read(key_log, why, sizeof(why)) < 0)
            set_excuse(log_path, why);
    }
    for (guint i = 0; i < row_count; i++)
        load_key(rows[i].path);
    if (secrets_crypto() != NULL)
        keyring_prepare(&ring, crypto);
}

static void unload(void)
{
    if (!is_loaded)
        return;
    is_loaded = is_asked = has_own_keys = 0;
    keyring_clear(&ring);
    g_ptr_array_free(names, TRUE);
    keylog_close(key_log);
    key_log = NULL;
    g_free(key_log_path);
    key_log_path = NULL;
}

static void free_crypto(void)
{
    unload();
    sw_backend_free(crypto);
    crypto = NULL;
}

void secrets_register(module_t *preferences)
{
    static uat_field_t fields[] = {
        UAT_FLD_FILENAME(row, path, "Private key", "File with an RSA key without passphrase"), UAT_END_FIELDS
    };
    uat_t *table = uat_new("Sidewire private keys", sizeof(key_row), "sidewire_keys", TRUE, &rows, &row_count,
                           UAT_AFFECTS_DISSECTION, NULL, row_copy, NULL, row_free, NULL, NULL, fields);

    prefs_register_uat_preference(preferences, "keys", "Private keys",
                                  "Private keys of users, whose sessions they decrypt", table);
    prefs_register_filename_preference(preferences, "keylog_file", "Key log",
                                       "File with a line SIDEWIRE_SESSION_KEYS or SEALED for each session",
                                       &log_path, FALSE);
    register_cleanup_routine(unload);
    register_shutdown_routine(free_crypto);
}

/* ---- keys in the capture ---- */

/* How Wireshark's struct begins, whose header is not installed. */
struct epan_session {
    struct packet_provider_data *provider;
};

/* Keys of other protocols go where they went before. */
static void on_secrets(guint32 type, const void *data, guint size)
{
    if (is_asked)
        secrets_wtap_callback(type, data, size);
    if (!is_loaded || !keylog_knows_secrets(type, data, size))
        return;
    has_own_keys = 1;
    if (key_log == NULL) {
        key_log = keylog_new_empty("the capture");
        snprintf(excuse, sizeof(excuse), "no private key fits, and the capture has no keys for this");
    }
    keylog_use(key_log, data, size);
}

/* Wireshark lets no plugin register for a type of secrets, but its reader of captures tells whoever asks of all that it has
 * seen, and then of all that come. */
void secrets_use_capture(const epan_t *capture)
{
    load();
    if (is_asked || capture->provider == NULL || capture->provider->wth == NULL)
        return;
    wtap_set_cb_new_secrets(capture->provider->wth, on_secrets);
    is_asked = 1;
}

/* ---- use ---- */

const sw_crypto *secrets_crypto(void)
{
    if (crypto == NULL)
        crypto = sw_backend_new(NULL);
    return crypto;
}

/* Legacy: nothing tells the size of a block but the key that opens it. */
static int may_open(const sw_rsa_private *key, unsigned features, size_t len)
{
    return key->n_size == len || (key->n_size < len && !(features & SW_FEATURE_SIDEBAND));
}

const char *secrets_open(sw_secrets *keys, unsigned features, const uint8_t *block, size_t len, size_t *used)
{
    load();
    for (size_t i = 0; i < ring.count; i++) {
        sw_rsa_private key = keyring_view(&ring.keys[i]);

        *used = key.n_size;
        if (may_open(&key, features, len) &&
            sw_challenge_open(keys, secrets_crypto(), &key, features, block, *used, NULL) == SW_OK)
            return ring.keys[i].name;
    }
    return NULL;
}

int secrets_has_log(void)
{
    load();
    return key_log != NULL;
}

int secrets_are_in_capture(void)
{
    return has_own_keys;
}

int secrets_find(sw_secrets *keys, const uint8_t *response, size_t len)
{
    load();
    return key_log != NULL && keylog_find(key_log, response, len, keys);
}

int secrets_find_sealed(sw_secrets *keys, const uint8_t *ephemeral, unsigned turn)
{
    load();
    return key_log != NULL && keylog_find_sealed(key_log, ephemeral, turn, keys);
}

int secrets_know_proof(const uint8_t *packet, size_t len)
{
    size_t size, used;
    sw_secrets keys;
    int result;

    if (sw_observer_is_proof(packet, len) <= 0)
        return 0;
    size = packet[0] | (size_t)packet[1] << 8;
    if (len != SW_HEADER_SIZE + size)
        return 0;
    packet += SW_HEADER_SIZE;
    if (packet[-1] == SW_BAND_CHALLENGE)
        result = secrets_open(&keys, SW_FEATURE_SIDEBAND, packet, size, &used) != NULL;
    else
        result = secrets_find(&keys, packet, size);
    sw_secrets_wipe(&keys);
    return result;
}

const char *secrets_excuse(int sealed)
{
    load();
    if (sealed && key_log == NULL)
        return "only a key log opens a sealed session, and none is given in the preferences";
    return sealed ? "the key log has no keys of this sealed session" : excuse;
}
