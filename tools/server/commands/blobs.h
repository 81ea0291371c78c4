/* What the commands on the four blob tables share. */
#ifndef SIDEWIRE_SERVER_BLOBS_H
#define SIDEWIRE_SERVER_BLOBS_H

#include "blob_store.h"
#include "connection.h"

/* The command failed: answers with what that result of the store means, which is not BLOB_OK. */
void blob_fail(connection *c, blob_result result);

/* A command that changes a table did so, or failed. */
void blob_finish_change(connection *c, blob_result result);

#endif
