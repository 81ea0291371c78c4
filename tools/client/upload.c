/* SPDX-License-Identifier: ISC */
#include "upload.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void upload_init(upload *u, const invocation *i)
{
    memset(u, 0, sizeof(*u));
    u->data = i->data;
    u->name = i->data_name;
    progress_init(&u->progress, STDERR_FILENO, u->data);
}

int upload_some(upload *u, sw_session *session)
{
    ssize_t n = read(u->data, u->packet, sizeof(u->packet));
    size_t taken;
    int result;

    if (n < 0)
        return errno == EINTR || errno == EAGAIN ? 0 : UPLOAD_CANNOT_READ;
    /* the empty packet of an empty read is the end */
    result = sw_session_send(session, SW_BAND_BLOB_DATA, u->packet, (size_t)n, &taken);
    if (result < 0)
        return result;
    u->given += (uint64_t)n;
    u->complete = n == 0;
    return 0;
}
