/* SPDX-License-Identifier: ISC */
/* What the commands on the four blob tables share. */
#ifndef SIDEWIRE_SERVER_BLOBS_H
#define SIDEWIRE_SERVER_BLOBS_H

#include "blob_store.h"
#include "connection.h"

/* Uploads and downloads have all the memory that they may have in all. */
#define MESSAGE_MEMORY "server is full: no memory for this now"

/* The command failed: answers with what that result of the store means, which is not BLOB_OK. */
void blob_fail(connection *c, blob_result result);

/* A command that changes a table did so, or failed. */
void blob_finish_change(connection *c, blob_result result);

#endif
