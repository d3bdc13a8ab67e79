/**
 * Runs a fuzz target over the files of its corpus, so that every build replays what fuzzing found.
 *
 * Usage: fuzz_<reader> FOLDER. An empty or missing folder is a failure: a replay of nothing would
 * pass without looking at anything.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *folder, const char *name)
{
    char path[4096];
    const int length = snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= sizeof(path)) return -1;

    FILE *file = fopen(path, "rb");
    if (file == NULL) return -1;

    const size_t room = (size_t)4 << 20;
    uint8_t *data = malloc(room);
    const size_t size = data == NULL ? 0 : fread(data, 1, room, file);
    /* An exact copy, so that the sanitizer sees a read past the end. */
    uint8_t *exact = malloc(size > 0 ? size : 1);
    int result = -1;
    if (data != NULL && exact != NULL) {
        for (size_t i = 0; i < size; i++) {
            exact[i] = data[i];
        }
        result = LLVMFuzzerTestOneInput(exact, size);
    }
    free(exact);
    free(data);
    return fclose(file) == 0 ? result : -1;
}

int main(int argc, char **argv)
{
    if (argc != 2) return 2;

    DIR *folder = opendir(argv[1]);
    size_t count = 0;
    int failed = folder == NULL;
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.') continue;
        if (replay(argv[1], entry->d_name) < 0) {
            fprintf(stderr, "%s/%s: cannot be replayed\n", argv[1], entry->d_name);
            failed = 1;
        }
        count++;
    }
    if (folder != NULL && closedir(folder) != 0) failed = 1;
    printf("%zu inputs of %s replayed\n", count, argv[1]);
    return failed || count == 0;
}
