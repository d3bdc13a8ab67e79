/**
 * What the system and the libraries give us, failing on request.
 *
 * Linked into penstock_faults alone, with --wrap for every name below: so calls of our own code
 * are caught, and none of those inside shared libraries. The file named by PEN_FAULTS is the
 * control, shared with the test that drives it (tests/e2e/harness/faults.py knows its layout): it
 * arms a fault, and reads which calls there were and which one failed. A place is a function with
 * the innermost frames of ours that led to the call.
 *
 * CMake takes the names from the lines that begin with FAULT( and with WRAP(.
 */
#include <curl/curl.h>
#include <dirent.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <hs.h>
#include <jwt.h>
#include <microhttpd.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define PLACES 2048
#define FRAMES 6  /* of ours, innermost first: enough to tell who asked an arena or a buffer */
#define DEPTH  32 /* looked at to find them */
#define NAME   32

enum mode {
    MODE_OFF,
    MODE_COUNT, /* the call after `countdown` others fails, once */
    MODE_PLACE, /* the first call of each place fails */
};

struct place {
    uint64_t hash; /* 0: free */
    uint64_t seen;
    uint64_t failed;
    char name[NAME];
    uint64_t frames[FRAMES]; /* offsets in the executable */
};

struct control {
    atomic_uint_least64_t mode;
    uint64_t countdown;
    atomic_uint_least64_t fired; /* since it was armed */
    uint64_t last;               /* index of the place that failed last */
    struct place places[PLACES];
};

extern const char __executable_start[];
extern const char etext[];

static struct control *control; /* NULL: nothing ever fails */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void find_control(void)
{
    const char *const name = getenv("PEN_FAULTS");
    if (name == NULL) return;

    FILE *const file = fopen(name, "r+e");
    if (file == NULL || ftruncate(fileno(file), sizeof(struct control)) != 0) abort();

    void *const memory =
        mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0);
    if (memory == MAP_FAILED) abort();
    control = memory;
    (void)fclose(file); /* only read from so far: nothing can be lost */
}

static size_t own_frames(uint64_t out[FRAMES])
{
    void *addresses[DEPTH];
    const int depth = backtrace(addresses, DEPTH);
    size_t count = 0;
    /* From 3: this function, must_fail and the wrapper say nothing. */
    for (int i = 3; i < depth && count < FRAMES; i++) {
        const char *const at = addresses[i];
        if (at < __executable_start || at >= etext) continue;
        out[count++] = (uint64_t)(at - __executable_start);
    }
    return count;
}

static struct place *find_place(const char *name, const uint64_t frames[FRAMES])
{
    uint64_t hash = 14695981039346656037U; /* FNV-1a */
    for (size_t i = 0; name[i] != '\0'; i++) {
        hash = (hash ^ (unsigned char)name[i]) * 1099511628211U;
    }
    for (size_t i = 0; i < FRAMES; i++) {
        hash = (hash ^ frames[i]) * 1099511628211U;
    }
    if (hash == 0) hash = 1;
    for (size_t i = 0; i < PLACES; i++) {
        struct place *const place = &control->places[(hash + i) % PLACES];
        if (place->hash == hash) return place;
        if (place->hash != 0) continue;

        const size_t length = strnlen(name, NAME - 1);
        memcpy(place->name, name, length);
        memcpy(place->frames, frames, sizeof(place->frames));
        place->hash = hash;
        return place;
    }
    abort(); /* more places than there is room for: make it larger */
}

static bool decide(struct place *place)
{
    place->seen++;
    switch ((enum mode)atomic_load(&control->mode)) {
    case MODE_OFF:
        return false;
    case MODE_COUNT:
        if (atomic_load(&control->fired) > 0) return false;
        if (control->countdown > 0) {
            control->countdown--;
            return false;
        }
        break;
    case MODE_PLACE:
        if (place->failed > 0) return false;
        break;
    }
    place->failed++;
    control->last = (uint64_t)(place - control->places);
    atomic_fetch_add(&control->fired, 1);
    return true;
}

static __attribute__((noinline)) bool must_fail(const char *name)
{
    if (control == NULL || atomic_load(&control->mode) == MODE_OFF) return false;

    const int before = errno;
    uint64_t frames[FRAMES] = {0};
    (void)own_frames(frames);
    if (pthread_mutex_lock(&lock) != 0) abort();
    const bool fails = decide(find_place(name, frames));
    if (pthread_mutex_unlock(&lock) != 0) abort();
    /* As OpenSSL would say it; nobody else reads this. */
    if (fails) ERR_raise(ERR_LIB_CRYPTO, ERR_R_MALLOC_FAILURE);
    errno = before;
    return fails;
}

/* Calls that fail by a value and an errno. */
#define FAULT(name, type, failure, number, parameters, arguments) \
    type __real_##name parameters;                                \
    type __wrap_##name parameters;                                \
    __attribute__((noinline)) type __wrap_##name parameters       \
    {                                                             \
        if (must_fail(#name)) {                                   \
            errno = (number);                                     \
            return (failure);                                     \
        }                                                         \
        return __real_##name arguments;                           \
    }
/* Calls that need more than that. */
#define WRAP(name, type, parameters) \
    type __real_##name parameters;   \
    type __wrap_##name parameters;   \
    __attribute__((noinline)) type __wrap_##name parameters

/* clang-format off: a table, and CMake reads the names at the beginnings of its lines. */

/* The heap. */
FAULT(malloc, void *, NULL, ENOMEM, (size_t size), (size))
FAULT(calloc, void *, NULL, ENOMEM, (size_t count, size_t size), (count, size))
FAULT(realloc, void *, NULL, ENOMEM, (void *memory, size_t size), (memory, size))
FAULT(reallocarray, void *, NULL, ENOMEM, (void *memory, size_t count, size_t size),
      (memory, count, size))
FAULT(aligned_alloc, void *, NULL, ENOMEM, (size_t alignment, size_t size), (alignment, size))
FAULT(strndup, char *, NULL, ENOMEM, (const char *text, size_t length), (text, length))
FAULT(open_memstream, FILE *, NULL, ENOMEM, (char **text, size_t *length), (text, length))

/* The system. */
FAULT(accept4, int, -1, EMFILE, (int fd, struct sockaddr *address, socklen_t *length, int flags),
      (fd, address, length, flags))
FAULT(epoll_create1, int, -1, EMFILE, (int flags), (flags))
FAULT(eventfd, int, -1, EMFILE, (unsigned int value, int flags), (value, flags))
FAULT(fopen, FILE *, NULL, EMFILE, (const char *path, const char *mode), (path, mode))
FAULT(pthread_create, int, EAGAIN, EAGAIN,
      (pthread_t * thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument),
      (thread, attributes, run, argument))
FAULT(send, ssize_t, -1, ENOBUFS, (int fd, const void *bytes, size_t length, int flags),
      (fd, bytes, length, flags))
FAULT(sendmsg, ssize_t, -1, ENOBUFS, (int fd, const struct msghdr *message, int flags),
      (fd, message, flags))
FAULT(signalfd, int, -1, EMFILE, (int fd, const sigset_t *mask, int flags), (fd, mask, flags))
FAULT(socket, int, -1, EMFILE, (int family, int type, int protocol), (family, type, protocol))
FAULT(socketpair, int, -1, EMFILE, (int family, int type, int protocol, int *ends),
      (family, type, protocol, ends))

/* OpenSSL. */
FAULT(BIO_new, BIO *, NULL, ENOMEM, (const BIO_METHOD *method), (method))
FAULT(BIO_new_mem_buf, BIO *, NULL, ENOMEM, (const void *bytes, int length), (bytes, length))
FAULT(BN_bin2bn, BIGNUM *, NULL, ENOMEM, (const unsigned char *bytes, int length, BIGNUM *into),
      (bytes, length, into))
FAULT(EVP_DigestInit_ex2, int, 0, ENOMEM,
      (EVP_MD_CTX * context, const EVP_MD *type, const OSSL_PARAM *parameters),
      (context, type, parameters))
FAULT(EVP_DigestVerifyInit, int, 0, ENOMEM,
      (EVP_MD_CTX * context, EVP_PKEY_CTX **key_context, const EVP_MD *type, ENGINE *engine,
       EVP_PKEY *key),
      (context, key_context, type, engine, key))
FAULT(EVP_MD_CTX_new, EVP_MD_CTX *, NULL, ENOMEM, (void), ())
FAULT(EVP_MD_fetch, EVP_MD *, NULL, ENOMEM,
      (OSSL_LIB_CTX * library, const char *name, const char *properties),
      (library, name, properties))
FAULT(EVP_PKEY_CTX_new_from_name, EVP_PKEY_CTX *, NULL, ENOMEM,
      (OSSL_LIB_CTX * library, const char *name, const char *properties),
      (library, name, properties))
FAULT(EVP_PKEY_CTX_new_from_pkey, EVP_PKEY_CTX *, NULL, ENOMEM,
      (OSSL_LIB_CTX * library, EVP_PKEY *key, const char *properties), (library, key, properties))
FAULT(EVP_PKEY_fromdata, int, 0, ENOMEM,
      (EVP_PKEY_CTX * context, EVP_PKEY **key, int selection, OSSL_PARAM *parameters),
      (context, key, selection, parameters))
FAULT(OSSL_PARAM_BLD_new, OSSL_PARAM_BLD *, NULL, ENOMEM, (void), ())
FAULT(OSSL_PARAM_BLD_to_param, OSSL_PARAM *, NULL, ENOMEM, (OSSL_PARAM_BLD * builder), (builder))
FAULT(PEM_read_bio_PrivateKey, EVP_PKEY *, NULL, ENOMEM,
      (BIO * bio, EVP_PKEY **key, pem_password_cb *ask, void *context), (bio, key, ask, context))
FAULT(PEM_read_bio_X509, X509 *, NULL, ENOMEM,
      (BIO * bio, X509 **certificate, pem_password_cb *ask, void *context),
      (bio, certificate, ask, context))
FAULT(RAND_bytes, int, 0, ENOMEM, (unsigned char *bytes, int length), (bytes, length))
FAULT(RAND_priv_bytes, int, 0, ENOMEM, (unsigned char *bytes, int length), (bytes, length))
FAULT(SSL_CTX_new, SSL_CTX *, NULL, ENOMEM, (const SSL_METHOD *method), (method))
FAULT(SSL_CTX_set_ex_data, int, 0, ENOMEM, (SSL_CTX * context, int slot, void *data),
      (context, slot, data))
FAULT(SSL_CTX_use_cert_and_key, int, 0, ENOMEM,
      (SSL_CTX * context, X509 *certificate, EVP_PKEY *key, STACK_OF(X509) * chain, int override),
      (context, certificate, key, chain, override))
FAULT(SSL_new, SSL *, NULL, ENOMEM, (SSL_CTX * context), (context))
FAULT(SSL_set_fd, int, 0, ENOMEM, (SSL * ssl, int fd), (ssl, fd))
FAULT(X509_STORE_add_cert, int, 0, ENOMEM, (X509_STORE * store, X509 *certificate),
      (store, certificate))
FAULT(d2i_ECDSA_SIG, ECDSA_SIG *, NULL, ENOMEM,
      (ECDSA_SIG * *into, const unsigned char **bytes, long length), (into, bytes, length))

/* libcurl. */
FAULT(curl_easy_init, CURL *, NULL, ENOMEM, (void), ())
FAULT(curl_multi_add_handle, CURLMcode, CURLM_OUT_OF_MEMORY, ENOMEM, (CURLM * multi, CURL *easy),
      (multi, easy))
FAULT(curl_multi_assign, CURLMcode, CURLM_BAD_SOCKET, ENOMEM,
      (CURLM * multi, curl_socket_t fd, void *data), (multi, fd, data))
FAULT(curl_multi_init, CURLM *, NULL, ENOMEM, (void), ())
FAULT(curl_share_init, CURLSH *, NULL, ENOMEM, (void), ())
FAULT(curl_slist_append, struct curl_slist *, NULL, ENOMEM,
      (struct curl_slist * list, const char *text), (list, text))

/* libmicrohttpd. */
FAULT(MHD_add_response_header, enum MHD_Result, MHD_NO, ENOMEM,
      (struct MHD_Response * response, const char *name, const char *value),
      (response, name, value))
FAULT(MHD_create_response_from_buffer, struct MHD_Response *, NULL, ENOMEM,
      (size_t size, void *bytes, enum MHD_ResponseMemoryMode mode), (size, bytes, mode))
FAULT(MHD_create_response_from_callback, struct MHD_Response *, NULL, ENOMEM,
      (uint64_t size, size_t block, MHD_ContentReaderCallback read, void *context,
       MHD_ContentReaderFreeCallback done),
      (size, block, read, context, done))
FAULT(MHD_queue_response, enum MHD_Result, MHD_NO, ENOMEM,
      (struct MHD_Connection * connection, unsigned int status, struct MHD_Response *response),
      (connection, status, response))

/* PCRE2, Vectorscan, libjwt. */
FAULT(hs_alloc_scratch, hs_error_t, HS_NOMEM, ENOMEM,
      (const hs_database_t *database, hs_scratch_t **scratch), (database, scratch))
FAULT(jwt_decode, int, ENOMEM, ENOMEM,
      (jwt_t * *jwt, const char *token, const unsigned char *key, int length),
      (jwt, token, key, length))
FAULT(jwt_get_grants_json, char *, NULL, ENOMEM, (jwt_t * jwt, const char *grant), (jwt, grant))
FAULT(pcre2_jit_stack_create_8, pcre2_jit_stack_8 *, NULL, ENOMEM,
      (PCRE2_SIZE start, PCRE2_SIZE most, pcre2_general_context_8 *context), (start, most, context))
FAULT(pcre2_match_context_create_8, pcre2_match_context_8 *, NULL, ENOMEM,
      (pcre2_general_context_8 * context), (context))
FAULT(pcre2_match_data_create_8, pcre2_match_data_8 *, NULL, ENOMEM,
      (uint32_t pairs, pcre2_general_context_8 *context), (pairs, context))

/* clang-format on */

WRAP(curl_easy_setopt, CURLcode, (CURL * easy, CURLoption option, ...))
{
    /* Every value is a word: a long, a pointer, or curl_off_t. */
    va_list values;
    va_start(values, option);
    void *const value = va_arg(values, void *);
    va_end(values);
    return must_fail("curl_easy_setopt") ? CURLE_OUT_OF_MEMORY
                                         : __real_curl_easy_setopt(easy, option, value);
}

WRAP(epoll_ctl, int, (int epoll_fd, int operation, int fd, struct epoll_event *event))
{
    /* Taking a descriptor out asks for no memory. */
    if (operation != EPOLL_CTL_DEL && must_fail("epoll_ctl")) {
        errno = ENOMEM;
        return -1;
    }
    return __real_epoll_ctl(epoll_fd, operation, fd, event);
}

WRAP(MHD_add_connection, enum MHD_Result,
     (struct MHD_Daemon * daemon, MHD_socket fd, const struct sockaddr *address, socklen_t length))
{
    if (must_fail("MHD_add_connection")) {
        close(fd); /* as it does itself when it takes no connection */
        return MHD_NO;
    }
    return __real_MHD_add_connection(daemon, fd, address, length);
}

WRAP(MHD_start_daemon, struct MHD_Daemon *,
     (unsigned int flags, uint16_t port, MHD_AcceptPolicyCallback accept, void *accept_context,
      MHD_AccessHandlerCallback handle, void *context, ...))
{
    if (must_fail("MHD_start_daemon")) return NULL;

    va_list options;
    va_start(options, context);
    struct MHD_Daemon *const daemon =
        MHD_start_daemon_va(flags, port, accept, accept_context, handle, context, options);
    va_end(options);
    return daemon;
}

WRAP(fcntl, int, (int fd, int command, ...))
{
    va_list rest;
    va_start(rest, command);
    void *const argument = va_arg(rest, void *);
    va_end(rest);
    if (command == F_DUPFD_CLOEXEC && must_fail("fcntl")) {
        errno = EMFILE;
        return -1;
    }
    return __real_fcntl(fd, command, argument);
}

WRAP(open, int, (const char *path, int flags, ...))
{
    va_list rest;
    va_start(rest, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    if (must_fail("open")) {
        errno = EMFILE;
        return -1;
    }
    return __real_open(path, flags, mode);
}

WRAP(opendir, DIR *, (const char *path))
{
    if (must_fail("opendir")) {
        errno = EMFILE;
        return NULL;
    }
    return __real_opendir(path);
}

WRAP(hs_compile_multi, hs_error_t,
     (const char *const *expressions, const unsigned int *flags, const unsigned int *ids,
      unsigned int count, unsigned int mode, const hs_platform_info_t *platform,
      hs_database_t **database, hs_compile_error_t **problem))
{
    if (must_fail("hs_compile_multi")) {
        *problem = NULL;
        return HS_COMPILER_ERROR;
    }
    return __real_hs_compile_multi(expressions, flags, ids, count, mode, platform, database,
                                   problem);
}
