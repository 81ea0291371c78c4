/* SPDX-License-Identifier: ISC */
/* Runs a fuzz target over files instead of under libFuzzer: replay FILE-OR-FOLDER... */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 20, PATH_SIZE = 4096 };

static void fail(const char *path)
{
    fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
    exit(2);
}

static unsigned run_file(const char *path)
{
    uint8_t *data = malloc(INPUT_MAX);
    FILE *file = fopen(path, "rb");
    size_t len;

    if (data == NULL || file == NULL)
        fail(path);
    len = fread(data, 1, INPUT_MAX, file);
    if (ferror(file))
        fail(path);
    fclose(file);
    fprintf(stderr, "%s\n", path); /* the last one is the one that crashed */
    LLVMFuzzerTestOneInput(data, len);
    free(data);
    return 1;
}

static unsigned run(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    unsigned count = 0;

    if (folder == NULL) {
        if (errno != ENOTDIR)
            fail(path);
        return run_file(path);
    }
    while ((entry = readdir(folder)) != NULL) {
        char inside[PATH_SIZE];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(inside, sizeof(inside), "%s/%s", path, entry->d_name);
        count += run(inside);
    }
    closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    unsigned count = 0;

    for (int i = 1; i < argc; i++)
        count += run(argv[i]);
    printf("%u inputs\n", count);
    return count > 0 ? 0 : 1;
}
