/* SPDX-License-Identifier: ISC */
/* The passive observer: however what two ends say is cut, it sees the same. Input: see observer_input.h. */
#include <stdlib.h>
#include <string.h>

#include "fake_crypto.h"
#include "../tests/support/observed.h"
#include "check.h"
#include "observer_input.h"
#include "recorded_session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* No input has more than this. */
enum { RECORDS_MAX = 512 };

static void feed(observed *o, const observer_choices *choices, const recorded_session *session,
                 const observer_record *r, cutter *cut)
{
    unsigned side = r->side & 1;
    unsigned end = side ^ (choices->flags & OBSERVER_EXCHANGED);
    const trace *sent = &session->sent[side];
    size_t at = choices_number(r->at) % (sent->len + 1);
    size_t len = choices_number(r->len) % (sent->len - at + 1);
    uint8_t *copy = exact_copy(sent->data + at, len);

    if (len > 0)
        copy[0] = (uint8_t)(copy[0] + r->change);
    for (size_t done = 0; done < len;) {
        size_t n = cutter_next(cut, len - done);

        observed_feed(o, end, copy + done, n);
        done += n;
    }
    observed_lose(o, end, choices_number(r->missing));
    free(copy);
}

static void run(observed *o, fake_crypto *fake, const uint8_t *data, size_t size, int is_cut)
{
    const recorded_session *session;
    observer_choices choices;
    sw_secrets keys;
    cutter cut = { NULL, 0 };

    fake_crypto_init(fake, 0);
    data = choices_read(&choices, sizeof(choices), data, &size);
    session = recorded_session_get(choices.session % RECORDED_SESSIONS);
    keys = session->keys;
    keys.server_key[0] ^= choices.flags & OBSERVER_WRONG_KEYS;
    if (is_cut)
        cut.sizes = choices.cuts;
    observed_start(o, &fake->table, &keys, (observed_keys)(choices.keys % 4));
    o->block = session->features & SW_FEATURES_SEALED ? 0 : session->key.n_size;
    for (int i = 0; size > 0 && i < RECORDS_MAX; i++) {
        observer_record r;

        data = choices_read(&r, sizeof(r), data, &size);
        feed(o, &choices, session, &r, &cut);
    }
    observed_finish(o);
    o->keys = NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static fake_crypto fakes[2];
    observed *seen = calloc(2, sizeof(*seen));

    if (seen == NULL)
        abort();
    for (int i = 0; i < 2; i++)
        run(&seen[i], &fakes[i], data, size, i);
    for (unsigned end = 0; end < 2; end++) {
        const char *whole = observed_log(&seen[0], end);
        const char *cut = observed_log(&seen[1], end);

        check_bytes("what is told", cut, strlen(cut), whole, strlen(whole));
    }
    check_number("is a session", (uint64_t)(sw_observer_is_session(&seen[1].observer) + 1),
                 (uint64_t)(sw_observer_is_session(&seen[0].observer) + 1));
    for (int i = 0; i < 2; i++) {
        observed_free(&seen[i]);
        check_number("AES states not wiped", fakes[i].aes_states, 0);
        check_number("AEAD states not wiped", fakes[i].aead_states, 0);
    }
    free(seen);
    return 0;
}
