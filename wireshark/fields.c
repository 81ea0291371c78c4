/* SPDX-License-Identifier: ISC */
#include "fields.h"

#include <sidewire/packet.h>

int hf_user = -1, hf_mode = -1, hf_cipher = -1, hf_greeting = -1, hf_request = -1, hf_features = -1,
    hf_challenge = -1, hf_key = -1, hf_response = -1, hf_response_right = -1, hf_band = -1, hf_length = -1,
    hf_offset = -1, hf_body = -1, hf_argv = -1, hf_text = -1, hf_exit_status = -1, hf_encrypted = -1,
    hf_undecoded = -1, hf_begun = -1, hf_held = -1, hf_lost = -1, hf_begins_in = -1, hf_session = -1,
    hf_answer_in = -1, hf_answer_to = -1, hf_time = -1, hf_noise = -1, hf_user_key = -1, hf_record = -1,
    hf_record_length = -1, hf_record_opened = -1, hf_record_rekeyed = -1, hf_record_limit = -1;

int ett_protocol = -1, ett_item = -1;

expert_field ei_band = EI_INIT, ei_length = EI_INIT, ei_malformed = EI_INIT, ei_response = EI_INIT,
             ei_no_key = EI_INIT, ei_awaits_keys = EI_INIT, ei_held = EI_INIT, ei_lost = EI_INIT,
             ei_unterminated = EI_INIT, ei_too_many = EI_INIT, ei_wrong_keys = EI_INIT, ei_truncated = EI_INIT,
             ei_undecoded = EI_INIT, ei_resumed = EI_INIT, ei_unsure = EI_INIT, ei_conflict = EI_INIT,
             ei_record = EI_INIT;

static value_string band_names[SW_BAND_COUNT + 1];

/* clang-format off */
#define TEXT_FIELD(name, filter, blurb) \
    { name, "sidewire." filter, FT_STRING, BASE_NONE, NULL, 0, blurb, HFILL }
#define BYTES_FIELD(name, filter, blurb) \
    { name, "sidewire." filter, FT_BYTES, BASE_NONE, NULL, 0, blurb, HFILL }
#define NUMBER_FIELD(name, filter, blurb) \
    { name, "sidewire." filter, FT_UINT32, BASE_DEC, NULL, 0, blurb, HFILL }
#define BOOLEAN_FIELD(name, filter, blurb) \
    { name, "sidewire." filter, FT_BOOLEAN, BASE_NONE, NULL, 0, blurb, HFILL }
/* clang-format on */

static hf_register_info fields[] = {
    { &hf_user, TEXT_FIELD("User", "user", NULL) },
    { &hf_mode, TEXT_FIELD("Mode", "mode", "sealed, sideband or legacy") },
    { &hf_cipher, TEXT_FIELD("Cipher", "cipher", "AES-256-GCM, ChaCha20-Poly1305, AES-128-CTR or RC4") },
    { &hf_greeting, TEXT_FIELD("Greeting", "greeting", NULL) },
    { &hf_request, TEXT_FIELD("Auth request", "request", NULL) },
    { &hf_features,
      TEXT_FIELD("Features", "features", "Those announced by a greeting, or asked for by a request") },
    { &hf_challenge, BYTES_FIELD("Challenge", "challenge", "Under the user's public key") },
    { &hf_key, TEXT_FIELD("Key", "key", "What the session is decrypted with") },
    { &hf_response, BYTES_FIELD("Response", "response", "Hash of the challenge") },
    { &hf_response_right, BOOLEAN_FIELD("Response is right", "response.right", NULL) },
    { &hf_band, { "Band", "sidewire.band", FT_UINT8, BASE_DEC, VALS(band_names), 0, NULL, HFILL } },
    { &hf_length, NUMBER_FIELD("Length", "length", "Bytes of the body") },
    { &hf_offset, NUMBER_FIELD("Offset", "offset", "Where a part of a large body begins in it") },
    { &hf_body, BYTES_FIELD("Body", "body", NULL) },
    { &hf_argv, TEXT_FIELD("Argument", "argv", "Argument of a command; the first is its name") },
    { &hf_text, TEXT_FIELD("Text", "text", "Output or log text") },
    { &hf_exit_status, NUMBER_FIELD("Exit status", "exit_status", NULL) },
    { &hf_encrypted, BYTES_FIELD("Encrypted", "encrypted", "Could not be decrypted") },
    { &hf_undecoded, BYTES_FIELD("Not decoded", "undecoded", "Behind an error or a loss") },
    { &hf_begun,
      NUMBER_FIELD("Bytes of a packet that ends in a later frame", "begun", "Those of its body that have come") },
    { &hf_held, NUMBER_FIELD("Bytes held back", "held", "They wait for others that belong before them") },
    { &hf_lost, NUMBER_FIELD("Bytes not captured", "lost", NULL) },
    { &hf_noise, BYTES_FIELD("Noise message", "noise", "Of a sealed session's handshake") },
    { &hf_user_key, TEXT_FIELD("User's key", "user.key", "Type and fingerprint") },
    { &hf_record,
      { "Record", "sidewire.record", FT_UINT64, BASE_DEC, NULL, 0,
        "Number of a sealed record in its direction, from 0 on", HFILL } },
    { &hf_record_length, NUMBER_FIELD("Record length", "record.length", "With its tag") },
    { &hf_record_opened, BOOLEAN_FIELD("Record is opened", "record.opened", NULL) },
    { &hf_record_rekeyed, BOOLEAN_FIELD("First record under another key", "record.rekeyed", NULL) },
    { &hf_record_limit, NUMBER_FIELD("Largest record", "record.limit", "That the client takes") },
    { &hf_session, NUMBER_FIELD("Session", "session", "Its number, as sidewire-dump counts") },
    { &hf_answer_in,
      { "Answer in frame", "sidewire.answer_in", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0,
        "Of a request the PROCEED, of a command the exit packet", HFILL } },
    { &hf_answer_to,
      { "Answer to frame", "sidewire.answer_to", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0,
        "With the request, or the command", HFILL } },
    { &hf_time,
      { "Time", "sidewire.time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
        "From the request to the PROCEED, or from the command to the exit packet", HFILL } },
    { &hf_begins_in, { "Begins in frame", "sidewire.begins_in", FT_FRAMENUM, BASE_NONE, NULL, 0, NULL, HFILL } },
};

#define EXPERT(name, group, severity, text)                                                                       \
    {                                                                                                             \
        "sidewire." name, group, severity, text, EXPFILL                                                          \
    }

static ei_register_info experts[] = {
    { &ei_band, EXPERT("band.bad", PI_PROTOCOL, PI_ERROR, "Band not allowed here") },
    { &ei_length, EXPERT("length.oversize", PI_PROTOCOL, PI_ERROR, "Larger than allowed") },
    { &ei_malformed, EXPERT("malformed", PI_MALFORMED, PI_ERROR, "Breaks the protocol") },
    { &ei_response, EXPERT("response.wrong", PI_SECURITY, PI_WARN, "Response is not that of the challenge") },
    { &ei_record, EXPERT("record.damaged", PI_SECURITY, PI_ERROR, "Record does not verify") },
    { &ei_wrong_keys, EXPERT("keys.wrong", PI_DECRYPTION, PI_WARN, "The keys do not fit") },
    { &ei_truncated, EXPERT("truncated", PI_MALFORMED, PI_WARN, "Broken off") },
    { &ei_undecoded, EXPERT("behind", PI_UNDECODED, PI_NOTE, "Behind damage or a loss") },
    { &ei_resumed, EXPERT("resumed", PI_SEQUENCE, PI_NOTE, "Decoding goes on with a header that fits") },
    { &ei_unsure, EXPERT("resumed.unsure", PI_SEQUENCE, PI_WARN, "Decoding goes on with what could be a header") },
    { &ei_conflict,
      EXPERT("conflict", PI_SEQUENCE, PI_WARN, "Repeats bytes differently, of which the first copy counts") },
    { &ei_no_key, EXPERT("no_key", PI_DECRYPTION, PI_NOTE, "Not decrypted") },
    { &ei_awaits_keys, EXPERT("keys.awaited", PI_DECRYPTION, PI_CHAT, "Waits for keys, which come later") },
    { &ei_held, EXPERT("early", PI_SEQUENCE, PI_WARN, "Bytes before these are missing") },
    { &ei_lost, EXPERT("gap", PI_SEQUENCE, PI_WARN, "Bytes are not in the capture") },
    { &ei_unterminated, EXPERT("unterminated", PI_PROTOCOL, PI_NOTE, "The last argument is not terminated") },
    { &ei_too_many, EXPERT("too_many", PI_UNDECODED, PI_NOTE, "Further packets are not shown") },
};

void fields_register(int proto)
{
    static int *subtrees[] = { &ett_protocol, &ett_item };

    for (unsigned band = 0; band < SW_BAND_COUNT; band++) {
        band_names[band].value = band;
        band_names[band].strptr = sw_band_name(band);
    }
    proto_register_field_array(proto, fields, array_length(fields));
    proto_register_subtree_array(subtrees, array_length(subtrees));
    expert_register_field_array(expert_register_protocol(proto), experts, array_length(experts));
}
