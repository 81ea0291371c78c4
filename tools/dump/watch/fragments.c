/* SPDX-License-Identifier: ISC */
#include "fragments.h"

#include "allocate.h"

#include <stdlib.h>
#include <string.h>

enum { UNIT = 8, UNITS = FRAGMENTED_SIZE / UNIT }; /* fragments begin at multiples of a unit */

typedef enum packet_state { PACKET_FREE, PACKET_WAITING, PACKET_COMPLETE, PACKET_BAD } packet_state;

typedef struct packet {
    packet_state state;
    endpoint from, to;
    uint32_t id;
    uint8_t protocol;
    int64_t time;    /* of its first fragment */
    uint64_t used;   /* by the clock */
    uint64_t wanted; /* how many fragments, if one of them is wanted */
    int is_wanted;
    size_t size;             /* once the last fragment came, else 0 */
    size_t captured;         /* up to where no fragment was cut off */
    size_t reach;            /* where the last fragment so far ends */
    size_t units;            /* how many are here */
    uint8_t here[UNITS / 8]; /* a bit for each */
    uint8_t *data;           /* room for as much as came, not for all that may come */
    size_t room;
} packet;

struct fragments {
    packet *packets[FRAGMENTED_MAX];
    uint64_t clock, lost;
};

fragments *fragments_new(void)
{
    return allocate(sizeof(fragments));
}

void fragments_free(fragments *f)
{
    for (int i = 0; f != NULL && i < FRAGMENTED_MAX && f->packets[i] != NULL; i++) {
        free(f->packets[i]->data);
        free(f->packets[i]);
    }
    free(f);
}

static uint64_t lost_of(const packet *p)
{
    return p->is_wanted && (p->state == PACKET_WAITING || p->state == PACKET_BAD) ? p->wanted : 0;
}

uint64_t fragments_lost(const fragments *f)
{
    uint64_t lost = f->lost;

    for (int i = 0; i < FRAGMENTED_MAX && f->packets[i] != NULL; i++)
        lost += lost_of(f->packets[i]);
    return lost;
}

/* ---- which packet ---- */

static int is_of(const packet *p, const fragment *in)
{
    /* times are whatever a file says, so their difference may be more than a signed number has */
    int is_old =
        in->time > p->time && (uint64_t)in->time - (uint64_t)p->time >= FRAGMENTED_SECONDS * UINT64_C(1000000000);

    return !is_old && p->state != PACKET_FREE && p->id == in->id && p->protocol == in->protocol &&
           p->from.family == in->from->family && memcmp(p->from.ip, in->from->ip, sizeof(p->from.ip)) == 0 &&
           memcmp(p->to.ip, in->to->ip, sizeof(p->to.ip)) == 0;
}

static void begin(fragments *f, packet *p, const fragment *in)
{
    f->lost += lost_of(p);
    memset(p, 0, offsetof(packet, data));
    p->state = PACKET_WAITING;
    p->from = *in->from;
    p->to = *in->to;
    p->id = in->id;
    p->protocol = in->protocol;
    p->time = in->time;
    p->captured = FRAGMENTED_SIZE;
}

/* The packet of the fragment; a new one takes the place of the one that was used last. */
static packet *find(fragments *f, const fragment *in)
{
    packet **place = &f->packets[0];

    for (int i = 0; i < FRAGMENTED_MAX; i++) {
        packet *p = f->packets[i];

        if (p == NULL) {
            f->packets[i] = allocate(sizeof(*p));
            place = &f->packets[i];
            break;
        }
        if (is_of(p, in))
            return p;
        if (p->used < (*place)->used)
            place = &f->packets[i];
    }
    begin(f, *place, in);
    return *place;
}

/* ---- its bytes ---- */

static int has_unit(const packet *p, size_t unit)
{
    return p->here[unit / 8] >> unit % 8 & 1;
}

/* Are the bytes that are here already the same? */
static int agrees(const packet *p, const fragment *in)
{
    for (size_t at = 0; at < in->captured; at += UNIT) {
        size_t n = in->captured - at < UNIT ? in->captured - at : UNIT;

        if (has_unit(p, (in->offset + at) / UNIT) && in->offset + at + n <= p->captured &&
            memcmp(p->data + in->offset + at, in->data + at, n) != 0)
            return 0;
    }
    return 1;
}

static void make_room(packet *p, size_t size)
{
    if (size <= p->room)
        return;
    p->room = 2 * p->room > size ? 2 * p->room : size;
    p->data = reallocate(p->data, p->room);
}

static void put(packet *p, const fragment *in)
{
    make_room(p, in->offset + in->length);
    memcpy(p->data + in->offset, in->data, in->captured);
    for (size_t at = in->offset; at < in->offset + in->length; at += UNIT) {
        p->units += !has_unit(p, at / UNIT);
        p->here[at / UNIT / 8] |= (uint8_t)(1 << at / UNIT % 8);
    }
    if (in->offset + in->length > p->reach)
        p->reach = in->offset + in->length;
    if (in->captured < in->length && in->offset + in->captured < p->captured)
        p->captured = in->offset + in->captured;
    if (!in->more)
        p->size = in->offset + in->length;
}

/* Does it contradict what is known of the size? */
static int fits(const packet *p, const fragment *in)
{
    size_t end = in->offset + in->length;

    if (p->size > 0 && (end > p->size || (!in->more && end != p->size)))
        return 0;
    return in->more || end >= p->reach;
}

static int is_sound(const fragment *in)
{
    return in->length > 0 && in->captured <= in->length && (!in->more || in->length % UNIT == 0) &&
           in->offset + in->length < FRAGMENTED_SIZE;
}

frame_result fragments_add(fragments *f, fragment *in)
{
    packet *p;

    if (!is_sound(in))
        return FRAME_DAMAGED;
    p = find(f, in);
    p->used = ++f->clock;
    if (p->state == PACKET_COMPLETE && fits(p, in) && agrees(p, in))
        return FRAME_FRAGMENT; /* another copy */
    if (p->state == PACKET_COMPLETE) {
        begin(f, p, in); /* the number is used again */
        p->used = f->clock;
    }
    p->is_wanted |= in->wanted;
    p->wanted++;
    if (p->state == PACKET_BAD || !fits(p, in) || !agrees(p, in)) {
        p->state = PACKET_BAD;
        return FRAME_FRAGMENT;
    }
    put(p, in);
    if (p->size == 0 || p->units < (p->size + UNIT - 1) / UNIT)
        return FRAME_FRAGMENT;
    p->state = PACKET_COMPLETE;
    in->data = p->data;
    in->length = p->size;
    in->captured = p->captured < p->size ? p->captured : p->size;
    return FRAME_NEXT;
}
