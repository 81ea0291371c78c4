/* Shows the session of one TCP connection in a capture, decrypted by the user's private key:
 *     ./observe CAPTURE PORT KEYFILE
 * What makes this short: the connection is the only one to that port, over IPv4, on Ethernet or
 * without it, and its segments are in order. sidewire-dump does without all that. */
#include "common.h"

#include <sidewire/observer.h>

#include <arpa/inet.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STREAM_MAX = 1 << 20, ETHERNET = 14, HEADERS_MIN = 40 };

static const char *const kinds[] = {
    [SW_OBSERVED_GREETING] = "greeting", [SW_OBSERVED_REQUEST] = "request",
    [SW_OBSERVED_CHALLENGE] = "challenge", [SW_OBSERVED_RESPONSE] = "response",
    [SW_OBSERVED_PROCEED] = "proceed", [SW_OBSERVED_COMMAND] = "command",
    [SW_OBSERVED_PACKET] = "packet", [SW_OBSERVED_TEXT] = "text",
    [SW_OBSERVED_WRONG_KEYS] = "wrong keys", [SW_OBSERVED_ENCRYPTED] = "encrypted",
    [SW_OBSERVED_LOST] = "lost", [SW_OBSERVED_UNDECODED] = "damaged",
    [SW_OBSERVED_RESUMED] = "goes on",
};

/* What an end sent: bytes that the observer has not taken yet. */
static uint8_t streams[2][STREAM_MAX];
static sw_observer_input inputs[2] = { { .data = streams[0] }, { .data = streams[1] } };
static uint32_t next_seq[2];     /* 0: nothing came yet */
static sw_observer observer;
static sw_private_key key;

static void open_by(const sw_observer_event *event)
{
    sw_rsa_private view = sw_private_key_view(&key);
    sw_secrets secrets;

    if (sw_challenge_open(&secrets, observer.crypto, &view, sw_observer_features(&observer),
                          event->data, event->len, NULL) == SW_OK)
        sw_observer_open(&observer, &secrets, 0);
    sw_secrets_wipe(&secrets);
}

static void show(const sw_observer_event *event)
{
    int is_text = event->kind == SW_OBSERVED_GREETING || event->kind == SW_OBSERVED_REQUEST ||
                  event->kind == SW_OBSERVED_PACKET;

    printf("%s %s, %zu bytes ", event->side == SW_FROM_CLIENT ? "client:" : "server:",
           kinds[event->kind], event->len);
    if (event->kind == SW_OBSERVED_PACKET)
        printf("%s ", sw_band_name(event->band));
    for (size_t i = 0; is_text && i < event->len; i++)
        putchar(event->data[i] >= ' ' && event->data[i] <= '~' ? event->data[i] : '.');
    putchar('\n');
}

/* Offers what both ends sent until neither leads to an event. */
static void observe(void)
{
    sw_observer_event event;

    for (unsigned end = 0, still = 0; still < 2; end = !end, still++)
        while (sw_observer_next(&observer, end, &inputs[end], &event) > 0) {
            show(&event);
            if (event.kind == SW_OBSERVED_CHALLENGE)
                open_by(&event);
            still = 0;
        }
}

static void take_segment(unsigned end, uint32_t seq, const uint8_t *data, size_t len)
{
    sw_observer_input *in = &inputs[end];

    if (next_seq[end] != 0 && seq != next_seq[end])
        return; /* sent again */
    next_seq[end] = seq + (uint32_t)len;
    if (len > STREAM_MAX - in->len)
        die("stream", (sw_error){ .code = SW_E_SPACE });
    memmove(streams[end], in->data, in->len);
    memcpy(streams[end] + in->len, data, len);
    in->data = streams[end];
    in->len += len;
}

static unsigned number(const uint8_t *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

/* An IPv4 packet of at least both headers; anything else is passed over. */
static void take_packet(const uint8_t *ip, size_t len, unsigned port)
{
    const uint8_t *tcp = ip + (ip[0] & 15) * 4;
    size_t data, total = number(ip + 2);

    if (ip[0] >> 4 != 4 || ip[9] != IPPROTO_TCP || total > len || total < HEADERS_MIN)
        return;
    data = (ip[0] & 15u) * 4 + (tcp[12] >> 4) * 4u;
    if (total > data && (number(tcp) == port || number(tcp + 2) == port))
        take_segment(number(tcp) == port, number(tcp + 4) << 16 | number(tcp + 6), ip + data,
                     total - data);
}

int main(int argc, char **argv)
{
    char problem[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *about;
    const uint8_t *frame;
    pcap_t *capture;
    size_t link;

    if (argc != 4) {
        fprintf(stderr, "usage: observe CAPTURE PORT KEYFILE\n");
        return STATUS_TROUBLE;
    }
    capture = pcap_open_offline(argv[1], problem);
    if (capture == NULL) {
        fprintf(stderr, "%s\n", problem);
        return STATUS_TROUBLE;
    }
    load_private_key(&key, argv[3]);
    sw_observer_init(&observer, open_crypto());
    link = pcap_datalink(capture) == DLT_EN10MB ? ETHERNET : 0;
    while (pcap_next_ex(capture, &about, &frame) == 1) {
        if (about->caplen > link + HEADERS_MIN)
            take_packet(frame + link, about->caplen - link, (unsigned)strtoul(argv[2], NULL, 10));
        observe();
    }
    inputs[0].ended = inputs[0].full = inputs[1].ended = inputs[1].full = 1;
    observe(); /* what waited for keys in vain */
    sw_observer_wipe(&observer);
    sw_private_key_wipe(&key);
    pcap_close(capture);
    return 0;
}
