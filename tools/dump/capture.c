#include "capture.h"

#include "memory.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct capture {
    pcap_t *pcap;
    int link;
    capture_counts counts;
};

static const char *link_name(int link)
{
    const char *name = pcap_datalink_val_to_name(link);

    return name != NULL ? name : "unknown";
}

capture *capture_open(const char *path, char why[CAPTURE_WHY_SIZE])
{
    char pcap_why[PCAP_ERRBUF_SIZE] = "";
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    capture *c;

    if (file == NULL) {
        snprintf(why, CAPTURE_WHY_SIZE, "%s", strerror(errno));
        return NULL;
    }
    c = allocate(sizeof(*c));
    c->pcap = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, pcap_why);
    if (c->pcap == NULL) {
        snprintf(why, CAPTURE_WHY_SIZE, "%s", pcap_why);
        fclose(file);
        capture_close(c);
        return NULL;
    }
    c->link = pcap_datalink(c->pcap);
    if (!frame_link_known(c->link)) {
        snprintf(why, CAPTURE_WHY_SIZE, "link type %d (%s) is not supported", c->link,
                 link_name(c->link));
        capture_close(c);
        return NULL;
    }
    return c;
}

/* Nanoseconds since 1970. Times a file makes up may wrap. */
static int64_t frame_time(const struct pcap_pkthdr *header)
{
    return (int64_t)((uint64_t)header->ts.tv_sec * 1000000000u + (uint64_t)header->ts.tv_usec);
}

int capture_next(capture *c, segment *out, char why[CAPTURE_WHY_SIZE])
{
    struct pcap_pkthdr *header;
    const u_char *data;
    int result;

    while ((result = pcap_next_ex(c->pcap, &header, &data)) == 1) {
        c->counts.frames++;
        switch (frame_parse(c->link, data, header->caplen, header->len, out)) {
        case FRAME_TCP:
            out->time = frame_time(header);
            c->counts.shortened += out->cut > 0;
            return 1;
        case FRAME_FRAGMENT:
            c->counts.fragments++;
            break;
        case FRAME_CUT:
            c->counts.cut++;
            break;
        case FRAME_DAMAGED:
            c->counts.damaged++;
            break;
        case FRAME_OTHER:
            break;
        }
    }
    if (result == PCAP_ERROR_BREAK)
        return 0;
    snprintf(why, CAPTURE_WHY_SIZE, "%s", pcap_geterr(c->pcap));
    return -1;
}

const capture_counts *capture_seen(const capture *c)
{
    return &c->counts;
}

void capture_close(capture *c)
{
    if (c == NULL)
        return;
    if (c->pcap != NULL)
        pcap_close(c->pcap);
    free(c);
}
