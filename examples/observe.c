/* SPDX-License-Identifier: ISC */
/* Shows the packets of a session in a capture, decrypted by the user's private key:  ./observe CAPTURE KEYFILE
 * What makes this short: the capture has one TCP connection, of at most 1 MiB each way, over IPv4 without options, on
 * Ethernet or nothing, whose segments came once and in order. sidewire-dump does without all that, and shows the rest. */
#include "common.h"

#include <pcap/pcap.h>
#include <sidewire/observer.h>
#include <stdio.h>
#include <string.h>

enum { STREAM_MAX = 1 << 20, ETHERNET = 14, PORTS = 20, TCP_SIZE = 32, HEADERS = 40, IPV4 = 0x45 };

static sw_observer observer;
static sw_private_key key;
static uint8_t streams[2][STREAM_MAX]; /* what each end sent, and what of that the observer has not taken yet */
static sw_observer_input inputs[2] = { { .data = streams[0] }, { .data = streams[1] } };

static void show(const sw_observer_event *event)
{
    printf("%s: %s, %zu bytes ", event->side == SW_FROM_CLIENT ? "client" : "server",
           event->kind == SW_OBSERVED_PACKET ? sw_band_name(event->band) : "encrypted", event->len);
    for (size_t i = 0; event->kind == SW_OBSERVED_PACKET && i < event->len; i++)
        putchar(event->data[i] >= ' ' && event->data[i] <= '~' ? event->data[i] : '.');
    putchar('\n');
}

/* Offers what both ends sent until neither leads to an event. */
static void observe(void)
{
    const sw_rsa_private view = sw_private_key_view(&key);
    sw_secrets secrets = { .response_size = 0 };
    sw_observer_event event;

    for (unsigned end = 0, still = 0; still < 2; end = !end, still++)
        for (; sw_observer_next(&observer, end, &inputs[end], &event) > 0; still = 0)
            if (event.kind == SW_OBSERVED_PACKET || event.kind == SW_OBSERVED_ENCRYPTED)
                show(&event);
            else if (event.kind == SW_OBSERVED_CHALLENGE &&
                     sw_challenge_open(&secrets, observer.crypto, &view, sw_observer_features(&observer),
                                       event.data, event.len, NULL) == SW_OK)
                sw_observer_open(&observer, &secrets, 0);
    sw_secrets_wipe(&secrets);
}

static void take_packet(const uint8_t *ip, size_t len)
{
    size_t size = len >= HEADERS && ip[0] == IPV4 ? (size_t)ip[2] << 8 | ip[3] : 0;
    size_t head = size > HEADERS && size <= len ? PORTS + (ip[TCP_SIZE] >> 4) * 4u : size;
    unsigned end = head < size && memcmp(ip + PORTS, ip + PORTS + 2, 2) < 0; /* whichever that is */
    size_t at = (size_t)(inputs[end].data - streams[end]) + inputs[end].len;

    if (head >= size || size - head > STREAM_MAX - at)
        return;
    memcpy(&streams[end][at], ip + head, size - head);
    inputs[end].len += size - head;
    observe();
}

int main(int argc, char **argv)
{
    char text[PCAP_ERRBUF_SIZE] = "usage: observe CAPTURE KEYFILE";
    pcap_t *capture = argc == 3 ? pcap_open_offline(argv[1], text) : NULL;
    struct pcap_pkthdr *about;
    const uint8_t *frame;

    if (capture == NULL)
        die_with(text);
    load_private_key(&key, argv[2]);
    sw_observer_init(&observer, open_crypto());
    for (size_t link = pcap_datalink(capture) == DLT_EN10MB ? ETHERNET : 0;
         pcap_next_ex(capture, &about, &frame) == 1;)
        take_packet(frame + link, about->caplen > link ? about->caplen - link : 0);
    inputs[0].full = inputs[1].full = 1;
    observe(); /* what waited for keys in vain */
    pcap_close(capture);
    sw_observer_wipe(&observer);
    sw_private_key_wipe(&key);
    return 0;
}
