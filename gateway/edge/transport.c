/** OpenSSL's return values put into five words; nothing is decided here. */
#include "gateway/edge/transport.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/tls/failure.h"

/* SSL_get_error reads the thread's queue, so nothing old may lie there. It hardly ever does, and to
 * clear an empty queue costs 700 instructions. */
static void forget_errors(void)
{
    if (ERR_peek_error() != 0) ERR_clear_error();
}

static enum pen_io outcome(const SSL *ssl, int result)
{
    switch (SSL_get_error(ssl, result)) {
    case SSL_ERROR_NONE:
        return PEN_IO_OK;
    case SSL_ERROR_WANT_READ:
        return PEN_IO_WANT_READ;
    case SSL_ERROR_WANT_WRITE:
        return PEN_IO_WANT_WRITE;
    case SSL_ERROR_ZERO_RETURN:
        return PEN_IO_EOF;
    default:
        return PEN_IO_ERROR;
    }
}

static enum pen_io socket_error(enum pen_io again)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? again : PEN_IO_ERROR;
}

enum pen_status pen_transport_init(struct pen_transport *transport, int fd,
                                   struct pen_tls_server *server)
{
    SSL *ssl = NULL;
    if (server != NULL) {
        ssl = pen_tls_server_session(server);
        if (ssl == NULL) return PEN_ERR_NOMEM;
        if (SSL_set_fd(ssl, fd) != 1) {
            SSL_free(ssl);
            return PEN_ERR_NOMEM;
        }
    }
    *transport = (struct pen_transport){.fd = fd, .ssl = ssl};
    return PEN_OK;
}

enum pen_io pen_transport_handshake(struct pen_transport *transport)
{
    if (transport->ssl == NULL) return PEN_IO_OK;

    forget_errors();
    const int result = SSL_accept(transport->ssl);
    enum pen_io io = result == 1 ? PEN_IO_OK : outcome(transport->ssl, result);
    if (io == PEN_IO_OK
        && pen_tls_identity_of_peer(transport->ssl, &transport->identity) != PEN_OK) {
        io = PEN_IO_ERROR;
    }
    if (io == PEN_IO_EOF || io == PEN_IO_ERROR) {
        transport->failure = pen_tls_failure(transport->ssl);
    }
    return io;
}

enum pen_io pen_transport_read(struct pen_transport *transport, char *into, size_t room,
                               size_t *got)
{
    if (transport->ssl != NULL) {
        forget_errors();
        const int result = SSL_read_ex(transport->ssl, into, room, got);
        return result == 1 ? PEN_IO_OK : outcome(transport->ssl, result);
    }
    const ssize_t count = recv(transport->fd, into, room, 0);
    if (count < 0) return socket_error(PEN_IO_WANT_READ);
    if (count == 0) return PEN_IO_EOF;

    *got = (size_t)count;
    return PEN_IO_OK;
}

enum pen_io pen_transport_discard(struct pen_transport *transport, char *scratch, size_t room)
{
    /* MSG_TRUNC: TCP drops them without a copy; other sockets fill the scratch. */
    const ssize_t count = recv(transport->fd, scratch, room, MSG_TRUNC | MSG_DONTWAIT);
    if (count < 0) return socket_error(PEN_IO_OK);
    return count > 0 ? PEN_IO_OK : PEN_IO_EOF;
}

bool pen_transport_pending(const struct pen_transport *transport)
{
    return transport->ssl != NULL && SSL_has_pending(transport->ssl) == 1;
}

enum pen_io pen_transport_write(struct pen_transport *transport, struct pen_str bytes, size_t *put)
{
    if (transport->ssl != NULL) {
        forget_errors();
        const int result = SSL_write_ex(transport->ssl, bytes.ptr, bytes.len, put);
        return result == 1 ? PEN_IO_OK : outcome(transport->ssl, result);
    }
    const ssize_t count = send(transport->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
    if (count < 0) return socket_error(PEN_IO_WANT_WRITE);

    *put = (size_t)count;
    return PEN_IO_OK;
}

void pen_transport_goodbye(struct pen_transport *transport)
{
    if (transport->ssl == NULL) return;

    forget_errors();
    /* 0 (sent, not yet answered) and a full socket are both as good as it gets here. */
    (void)SSL_shutdown(transport->ssl);
}

void pen_transport_finish(struct pen_transport *transport)
{
    pen_transport_goodbye(transport);
    /* ENOTCONN: the peer was faster. */
    (void)shutdown(transport->fd, SHUT_WR);
}

void pen_transport_close(struct pen_transport *transport)
{
    SSL_free(transport->ssl);
    transport->ssl = NULL;
    pen_tls_identity_destroy(transport->identity);
    transport->identity = NULL;
    if (transport->fd >= 0) close(transport->fd);
    transport->fd = -1;
}

const char *pen_transport_version(const struct pen_transport *transport)
{
    return transport->ssl == NULL ? NULL : SSL_get_version(transport->ssl);
}

bool pen_transport_resumed(const struct pen_transport *transport)
{
    return transport->ssl != NULL && SSL_session_reused(transport->ssl) == 1;
}
