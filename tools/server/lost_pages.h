/* SPDX-License-Identifier: ISC */
/* A file that is read as memory may lose pages meanwhile: somebody cuts it, or its disk fails. Who reads them then gets
 * SIGBUS, which would end the program. */
#ifndef SIDEWIRE_SERVER_LOST_PAGES_H
#define SIDEWIRE_SERVER_LOST_PAGES_H

/* From now on a thread can watch for it. 0, or -1 with errno: none can. */
int lost_pages_catch(void);

/* Until lost_pages_end, a lost page that this thread reads has zeros, and is remembered. */
void lost_pages_watch(void);
/* Was any read since? It stays one of zeros as long as the file is mapped there. */
int lost_pages_found(void);
void lost_pages_end(void);

#endif
