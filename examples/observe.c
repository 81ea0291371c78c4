/* SPDX-License-Identifier: ISC */
/* Shows the packets of one TCP connection in a capture, decrypted by the user's private key:
 *     ./observe CAPTURE PORT KEYFILE
 * What makes this short: the connection is the only one to that port, over IPv4, on Ethernet or without it, and its
 * segments came once each and in order. sidewire-dump does without all that, and shows the rest. */
#include "common.h"

#include <sidewire/observer.h>

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STREAM_MAX = 1 << 20, ETHERNET = 14, TCP_MIN = 20 };

/* What an end sent: bytes that the observer has not taken yet. */
static uint8_t streams[2][STREAM_MAX];
static sw_observer_input inputs[2] = { { .data = streams[0] }, { .data = streams[1] } };
static sw_observer observer;
static sw_private_key key;

static void open_by(const sw_observer_event *event)
{
    sw_rsa_private view = sw_private_key_view(&key);
    sw_secrets secrets;

    if (sw_challenge_open(&secrets, observer.crypto, &view, sw_observer_features(&observer), event->data,
                          event->len, NULL) == SW_OK)
        sw_observer_open(&observer, &secrets, 0);
    sw_secrets_wipe(&secrets);
}

static void show(const sw_observer_event *event)
{
    const char *side = event->side == SW_FROM_CLIENT ? "client" : "server";

    if (event->kind == SW_OBSERVED_ENCRYPTED)
        printf("%s: %zu bytes, encrypted\n", side, event->len);
    if (event->kind != SW_OBSERVED_PACKET)
        return;
    printf("%s: %s, %zu bytes ", side, sw_band_name(event->band), event->len);
    for (size_t i = 0; i < event->len; i++)
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

static void take_packet(const uint8_t *ip, size_t len, unsigned port)
{
    const uint8_t *tcp = ip + (ip[0] & 15) * 4;
    size_t head = (ip[0] & 15u) * 4 + (tcp[12] >> 4) * 4u, total = (size_t)ip[2] << 8 | ip[3];
    sw_observer_input *in = &inputs[(tcp[2] << 8 | tcp[3]) == (int)port];
    uint8_t *stream = streams[in - inputs];

    if (total > len || total <= head || total - head > STREAM_MAX - in->len)
        return;
    memmove(stream, in->data, in->len);
    memcpy(stream + in->len, ip + head, total - head);
    in->data = stream;
    in->len += total - head;
    observe();
}

int main(int argc, char **argv)
{
    char text[PCAP_ERRBUF_SIZE];
    struct bpf_program filter;
    struct pcap_pkthdr *about;
    const uint8_t *frame;
    size_t link;
    pcap_t *capture = argc == 4 ? pcap_open_offline(argv[1], text) : NULL;

    if (capture == NULL) {
        fprintf(stderr, "%s\n", argc == 4 ? text : "usage: observe CAPTURE PORT KEYFILE");
        return STATUS_TROUBLE;
    }
    snprintf(text, sizeof(text), "ip and tcp port %lu", strtoul(argv[2], NULL, 10));
    if (pcap_compile(capture, &filter, text, 1, 0) < 0 || pcap_setfilter(capture, &filter) < 0)
        return STATUS_TROUBLE;
    pcap_freecode(&filter);
    load_private_key(&key, argv[3]);
    sw_observer_init(&observer, open_crypto());
    link = pcap_datalink(capture) == DLT_EN10MB ? ETHERNET : 0;
    while (pcap_next_ex(capture, &about, &frame) == 1)
        if (about->caplen > link && about->caplen >= link + (frame[link] & 15u) * 4 + TCP_MIN)
            take_packet(frame + link, about->caplen - link, (unsigned)strtoul(argv[2], NULL, 10));
    inputs[0].full = inputs[1].full = 1;
    observe(); /* what waited for keys in vain */
    sw_observer_wipe(&observer);
    sw_private_key_wipe(&key);
    pcap_close(capture);
    return 0;
}
