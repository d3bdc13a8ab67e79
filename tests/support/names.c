#include "names.h"

#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESS 64

int __real_getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                       struct addrinfo **out);
int __wrap_getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                       struct addrinfo **out);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static const char *table; /* NULL: nothing is said of any name */
static unsigned asked;

__attribute__((constructor)) static void read_environment(void)
{
    table = getenv("PEN_NAMES");
}

void names_mean(const char *names)
{
    (void)pthread_mutex_lock(&lock);
    table = names;
    (void)pthread_cond_broadcast(&changed);
    (void)pthread_mutex_unlock(&lock);
}

unsigned names_asked(void)
{
    (void)pthread_mutex_lock(&lock);
    const unsigned count = asked;
    (void)pthread_mutex_unlock(&lock);
    return count;
}

/* What is behind "name=" in the table, up to a space. */
static const char *meaning_of(const char *name)
{
    const size_t length = strlen(name);
    for (const char *at = table; at != NULL && *at != '\0';) {
        if (strncmp(at, name, length) == 0 && at[length] == '=') return at + length + 1;
        at = strchr(at, ' ');
        if (at != NULL) at++;
    }
    return NULL;
}

static int is(const char *meaning, const char *word)
{
    return strncmp(meaning, word, strlen(word)) == 0;
}

/* Addresses are parted by commas; their lists are put one behind the other, as glibc does. */
static int find_each(const char *meaning, const char *service, const struct addrinfo *hints,
                     struct addrinfo **out)
{
    struct addrinfo numeric = *hints;
    struct addrinfo **end = out;
    numeric.ai_flags = AI_NUMERICHOST;
    for (;;) {
        char address[ADDRESS];
        const size_t length = strcspn(meaning, ", ");
        if (length >= sizeof(address)) return EAI_FAIL;

        memcpy(address, meaning, length);
        address[length] = '\0';
        const int error = __real_getaddrinfo(address, service, &numeric, end);
        if (error != 0) return error;

        while (*end != NULL)
            end = &(*end)->ai_next;
        if (meaning[length] != ',') return 0;
        meaning += length + 1;
    }
}

int __wrap_getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                       struct addrinfo **out)
{
    char copy[1024];
    (void)pthread_mutex_lock(&lock);
    asked++;
    const char *meaning = meaning_of(name);
    while (meaning != NULL && is(meaning, "hang")) {
        (void)pthread_cond_wait(&changed, &lock);
        meaning = meaning_of(name);
    }
    const size_t length = meaning == NULL ? 0 : strcspn(meaning, " ");
    if (meaning != NULL && length < sizeof(copy)) {
        memcpy(copy, meaning, length);
        copy[length] = '\0';
    }
    (void)pthread_mutex_unlock(&lock);
    if (meaning == NULL) return __real_getaddrinfo(name, service, hints, out);
    if (is(meaning, "gone")) return EAI_NONAME;
    if (is(meaning, "down")) return EAI_AGAIN;
    return find_each(copy, service, hints, out);
}
