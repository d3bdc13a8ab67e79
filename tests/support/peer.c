/** Threads and blocking sockets: a script reads as the conversation goes. */
#include "tests/support/peer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define TALKS   64 /* connections of one test */
#define REQUEST (1024 * 1024)
#define SNDBUF  (64 * 1024)

struct peer_talk {
    struct peer *peer;
    pthread_t thread;
    int fd;
    SSL *ssl;
    size_t number;
    size_t have; /* bytes in `bytes`, of the next request */
    char *bytes;
    bool cut;
};

struct peer {
    struct peer_options options;
    int fd;
    uint16_t port;
    SSL_CTX *tls;
    pthread_t acceptor;
    struct peer_talk talks[TALKS];
    atomic_size_t talk_count;
    atomic_size_t requests;
    atomic_size_t sent;
    pthread_mutex_t lock;
    char *latest;
    size_t latest_len;
};

static void must(bool worked, const char *what)
{
    if (worked) return;

    perror(what);
    abort();
}

static ssize_t receive(struct peer_talk *talk, char *into, size_t room)
{
    if (talk->ssl == NULL) return recv(talk->fd, into, room, 0);

    size_t got = 0;
    return SSL_read_ex(talk->ssl, into, room, &got) == 1 ? (ssize_t)got : -1;
}

size_t peer_number(const struct peer_talk *talk)
{
    return talk->number;
}

bool peer_send(struct peer_talk *talk, struct pen_str bytes)
{
    while (bytes.len > 0) {
        const size_t piece = bytes.len < 16384 ? bytes.len : 16384;
        size_t put = 0;
        if (talk->ssl != NULL) {
            if (SSL_write_ex(talk->ssl, bytes.ptr, piece, &put) != 1) return false;
        } else {
            const ssize_t count = send(talk->fd, bytes.ptr, piece, MSG_NOSIGNAL);
            if (count < 0) return false;
            put = (size_t)count;
        }
        atomic_fetch_add(&talk->peer->sent, put);
        bytes = pen_str_slice(bytes, put, bytes.len);
    }
    return true;
}

/* Length of the first request in the buffer; 0 while it is not whole. */
static size_t request_length(const struct peer_talk *talk)
{
    const struct pen_str all = {talk->bytes, talk->have};
    const size_t head = pen_str_find_str(all, PEN_S("\r\n\r\n"));
    if (head == all.len) return 0;

    size_t body = 0;
    const struct pen_str name = PEN_STR("Content-Length: ");
    const size_t at = pen_str_find_str(pen_str_slice(all, 0, head), name);
    if (at < head) body = strtoul(talk->bytes + at + name.len, NULL, 10);
    return head + 4 + body <= talk->have ? head + 4 + body : 0;
}

bool peer_read(struct peer_talk *talk)
{
    size_t len;
    while ((len = request_length(talk)) == 0) {
        const ssize_t got = receive(talk, talk->bytes + talk->have, REQUEST - talk->have);
        if (got <= 0) return false;
        talk->have += (size_t)got;
    }
    struct peer *const peer = talk->peer;
    pthread_mutex_lock(&peer->lock);
    memcpy(peer->latest, talk->bytes, len);
    peer->latest_len = len;
    pthread_mutex_unlock(&peer->lock);
    memmove(talk->bytes, talk->bytes + len, talk->have - len);
    talk->have -= len;
    atomic_fetch_add(&peer->requests, 1);
    return true;
}

void peer_wait_end(struct peer_talk *talk)
{
    char bytes[256];
    while (receive(talk, bytes, sizeof(bytes)) > 0) {
    }
}

void peer_cut(struct peer_talk *talk)
{
    talk->cut = true;
}

void peer_reset(struct peer_talk *talk)
{
    talk->cut = true;
    const struct linger now = {.l_onoff = 1};
    (void)setsockopt(talk->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

static bool shake_hands(struct peer_talk *talk)
{
    if (talk->peer->tls == NULL) return true;

    talk->ssl = SSL_new(talk->peer->tls);
    must(talk->ssl != NULL && SSL_set_fd(talk->ssl, talk->fd) == 1, "SSL_new");
    return SSL_accept(talk->ssl) == 1;
}

static void *run_talk(void *argument)
{
    struct peer_talk *const talk = argument;
    if (talk->peer->options.mute) {
        char byte;
        while (recv(talk->fd, &byte, 1, 0) > 0) {
        }
    } else if (shake_hands(talk)) {
        talk->peer->options.script(talk);
        if (talk->ssl != NULL && !talk->cut) (void)SSL_shutdown(talk->ssl);
    }
    if (!talk->cut) (void)shutdown(talk->fd, SHUT_WR);
    /* The descriptor stays open, so that its number is not reused, until peer_stop. A reset and a
     * cut must be seen now. */
    if (talk->cut) {
        const int null = open("/dev/null", 0);
        must(null >= 0 && dup2(null, talk->fd) >= 0 && close(null) == 0, "dup2");
    }
    return NULL;
}

static void *run_acceptor(void *argument)
{
    struct peer *const peer = argument;
    for (;;) {
        const int fd = accept4(peer->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0 && errno == EMFILE) {
            (void)sched_yield(); /* a test has taken the descriptors away for a while */
            continue;
        }
        if (fd < 0) return NULL;

        const size_t at = atomic_load(&peer->talk_count);
        must(at < TALKS, "too many connections");
        const int size = SNDBUF;
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
        struct peer_talk *const talk = &peer->talks[at];
        *talk =
            (struct peer_talk){.peer = peer, .fd = fd, .number = at + 1, .bytes = malloc(REQUEST)};
        must(talk->bytes != NULL, "malloc");
        /* Counted before it can answer; peer_stop comes after this thread has ended. */
        atomic_store(&peer->talk_count, at + 1);
        must(pthread_create(&talk->thread, NULL, run_talk, talk) == 0, "pthread_create");
    }
}

static SSL_CTX *new_context(const struct peer_options *options)
{
    char path[160];
    SSL_CTX *const context = SSL_CTX_new(TLS_server_method());
    must(context != NULL, "SSL_CTX_new");
    (void)snprintf(path, sizeof(path), "%s/%s.pem", options->pki->folder, options->identity);
    must(SSL_CTX_use_certificate_chain_file(context, path) == 1, path);
    (void)snprintf(path, sizeof(path), "%s/%s.key", options->pki->folder, options->identity);
    must(SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM) == 1, path);
    if (options->max_version == 12) {
        must(SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION) == 1, "TLS 1.2");
    }
    if (options->ask_client) {
        (void)snprintf(path, sizeof(path), "%s/ca.pem", options->pki->folder);
        must(SSL_CTX_load_verify_file(context, path) == 1, path);
        must(SSL_CTX_set_session_id_context(context, (const unsigned char *)"peer", 4) == 1, "sid");
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    }
    return context;
}

static void listen_on(struct peer *peer)
{
    if (peer->options.unix_path != NULL) {
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", peer->options.unix_path);
        peer->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        must(bind(peer->fd, (struct sockaddr *)&address, sizeof(address)) == 0, "bind");
    } else {
        struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t len = sizeof(address);
        peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        must(bind(peer->fd, (struct sockaddr *)&address, sizeof(address)) == 0, "bind");
        must(getsockname(peer->fd, (struct sockaddr *)&address, &len) == 0, "getsockname");
        peer->port = ntohs(address.sin_port);
    }
    must(listen(peer->fd, 64) == 0, "listen");
}

struct peer *peer_start(const struct peer_options *options)
{
    struct peer *const peer = calloc(1, sizeof(*peer));
    must(peer != NULL, "calloc");
    peer->options = *options;
    peer->latest = malloc(REQUEST);
    must(peer->latest != NULL && pthread_mutex_init(&peer->lock, NULL) == 0, "peer");
    if (options->identity != NULL) peer->tls = new_context(options);
    listen_on(peer);
    must(pthread_create(&peer->acceptor, NULL, run_acceptor, peer) == 0, "pthread_create");
    return peer;
}

void peer_stop(struct peer *peer)
{
    (void)shutdown(peer->fd, SHUT_RDWR);
    must(pthread_join(peer->acceptor, NULL) == 0, "pthread_join");
    const size_t count = atomic_load(&peer->talk_count);
    for (size_t i = 0; i < count; i++) {
        struct peer_talk *const talk = &peer->talks[i];
        (void)shutdown(talk->fd, SHUT_RDWR);
        must(pthread_join(talk->thread, NULL) == 0, "pthread_join");
        SSL_free(talk->ssl);
        close(talk->fd);
        free(talk->bytes);
    }
    close(peer->fd);
    if (peer->options.unix_path != NULL) (void)unlink(peer->options.unix_path);
    SSL_CTX_free(peer->tls);
    (void)pthread_mutex_destroy(&peer->lock);
    free(peer->latest);
    free(peer);
}

uint16_t peer_port(const struct peer *peer)
{
    return peer->port;
}

size_t peer_connections(const struct peer *peer)
{
    return atomic_load(&peer->talk_count);
}

size_t peer_requests(const struct peer *peer)
{
    return atomic_load(&peer->requests);
}

size_t peer_sent(const struct peer *peer)
{
    return atomic_load(&peer->sent);
}

struct pen_str peer_request(struct peer *peer)
{
    pthread_mutex_lock(&peer->lock);
    const struct pen_str latest = {peer->latest, peer->latest_len};
    pthread_mutex_unlock(&peer->lock);
    return latest;
}

size_t peer_count_descriptors(void)
{
    DIR *const folder = opendir("/proc/self/fd");
    must(folder != NULL, "/proc/self/fd");
    size_t count = 0;
    while (readdir(folder) != NULL)
        count++;
    must(closedir(folder) == 0, "closedir");
    return count;
}
