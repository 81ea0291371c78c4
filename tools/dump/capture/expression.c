/* SPDX-License-Identifier: ISC */
#include "expression.h"

#include "watch/allocate.h"

#include <pcap/pcap.h>
#include <stdlib.h>

enum { SNAPLEN = 262144 };

/* The expression for one link type. */
typedef struct program {
    unsigned link;
    struct bpf_program code;
} program;

struct expression {
    const char *text;
    program *programs;
    size_t count, latest; /* frames of the same link type come one after the other */
};

/* The number in files as the system has it, where these differ. */
static int system_number(unsigned link)
{
    enum { LINK_RAW = 101, LINK_ATM = 100 };

    switch (link) {
    case LINK_RAW: return DLT_RAW;
    case LINK_ATM: return DLT_ATM_RFC1483;
    default: return (int)link;
    }
}

static int add_program(expression *e, unsigned link, char why[CAPTURE_WHY_SIZE])
{
    pcap_t *pcap = pcap_open_dead(system_number(link), SNAPLEN);
    program *added;
    int result;

    if (pcap == NULL)
        allocation_failed();
    e->programs = reallocate(e->programs, (e->count + 1) * sizeof(*e->programs));
    added = &e->programs[e->count];
    added->link = link;
    result = pcap_compile(pcap, &added->code, e->text, 1, PCAP_NETMASK_UNKNOWN);
    if (result == 0)
        e->latest = e->count++;
    else
        snprintf(why, CAPTURE_WHY_SIZE, "filter '%s': %s", e->text, pcap_geterr(pcap));
    pcap_close(pcap);
    return result;
}

expression *expression_new(const char *text, char why[CAPTURE_WHY_SIZE])
{
    enum { LINK_ETHERNET = 1 };
    expression *e = allocate(sizeof(*e));

    e->text = text;
    if (add_program(e, LINK_ETHERNET, why) == 0)
        return e;
    expression_free(e);
    return NULL;
}

void expression_free(expression *e)
{
    for (size_t i = 0; e != NULL && i < e->count; i++)
        pcap_freecode(&e->programs[i].code);
    if (e != NULL)
        free(e->programs);
    free(e);
}

int expression_matches(expression *e, const frame *in, char why[CAPTURE_WHY_SIZE])
{
    struct pcap_pkthdr header = { .caplen = (bpf_u_int32)in->captured, .len = (bpf_u_int32)in->length };

    for (size_t i = 0; e->programs[e->latest].link != in->link && i < e->count; i++)
        e->latest = i;
    if (e->programs[e->latest].link != in->link && add_program(e, in->link, why) < 0)
        return -1;
    return pcap_offline_filter(&e->programs[e->latest].code, &header, in->data) != 0;
}
