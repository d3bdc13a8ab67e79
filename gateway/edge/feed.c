/**
 * A request into its pair, in canonical form.
 *
 * What libmicrohttpd gets is not what the caller wrote but what the codec understood: method, a
 * fixed target, one framing field. The real head stays with the request. So there is nothing in the
 * pair that a second parser could read otherwise. The pair goes on whatever becomes of the caller's
 * connection; what is said of that is put into the reply's head (outbound.c).
 */
#include "gateway/edge/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define METHOD_BYTES 24 /* longer ones are POST to libmicrohttpd, where they decide nothing */
#define CHUNK_LINE   20 /* sixteen digits and CRLF */

struct pen_str pen_edge_feed_head(const struct pen_edge_connection *c,
                                  char memory[PEN_EDGE_FEED_HEAD])
{
    struct pen_buf buf = pen_buf_over(memory, PEN_EDGE_FEED_HEAD);
    const struct pen_wire_head *head = c->head;
    pen_buf_put(&buf, head->method.len <= METHOD_BYTES ? head->method : PEN_S("POST"));
    pen_buf_put(&buf, PEN_S(" / HTTP/1.1\r\nHost: e\r\n"));
    if (!c->discard && head->framing == PEN_FRAMING_LENGTH) {
        pen_buf_put(&buf, PEN_S("Content-Length: "));
        pen_buf_u64(&buf, head->content_length);
        pen_buf_put(&buf, PEN_S("\r\n"));
    } else if (!c->discard && head->framing == PEN_FRAMING_CHUNKED) {
        pen_buf_put(&buf, PEN_S("Transfer-Encoding: chunked\r\n"));
    }
    pen_buf_put(&buf, PEN_S("\r\n"));
    return pen_buf_str(&buf);
}

static struct iovec part(struct pen_str text)
{
    return (struct iovec){.iov_base = (void *)(uintptr_t)text.ptr, .iov_len = text.len};
}

/* Write into the pair; what does not fit is kept, and nothing more is read until it did. */
static bool put_parts(struct pen_edge_connection *c, const struct iovec *parts, size_t count)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        total += parts[i].iov_len;
    }
    size_t sent = 0;
    if (c->feed_len == 0) {
        const struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)parts,
                                       .msg_iovlen = count};
        const ssize_t result = sendmsg(c->pair->watch.fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (result < 0 && errno != EAGAIN && errno != EINTR) return false;
        if (result > 0) sent = (size_t)result;
        c->edge->events->fed(c->edge->owner);
        if (sent == total) return true;
    }
    char *grown = realloc(c->feed, c->feed_len + (total - sent));
    if (grown == NULL) return false;

    c->feed = grown;
    for (size_t i = 0; i < count; i++) {
        const size_t skip = sent < parts[i].iov_len ? sent : parts[i].iov_len;
        sent -= skip;
        memcpy(c->feed + c->feed_len, (const char *)parts[i].iov_base + skip,
               parts[i].iov_len - skip);
        c->feed_len += parts[i].iov_len - skip;
    }
    return pen_loop_watch(c->edge->loop, &c->pair->watch, EPOLLIN | EPOLLOUT) == PEN_OK;
}

bool pen_edge_feed(struct pen_edge_connection *c, struct pen_str head, struct pen_str data,
                   bool complete)
{
    char line[CHUNK_LINE];
    struct iovec parts[5];
    size_t count = 0;
    if (head.len > 0) parts[count++] = part(head);
    /* A body that is dropped: the head has said that there is none. */
    if (c->discard) return count == 0 || put_parts(c, parts, count);

    if (c->head->framing == PEN_FRAMING_CHUNKED) {
        if (data.len > 0) {
            struct pen_buf buf = pen_buf_over(line, sizeof(line));
            pen_buf_format(&buf, "%zx\r\n", data.len);
            parts[count++] = part(pen_buf_str(&buf));
            parts[count++] = part(data);
            parts[count++] = part(PEN_S("\r\n"));
        }
        if (complete) parts[count++] = part(PEN_S("0\r\n\r\n"));
    } else if (data.len > 0) {
        parts[count++] = part(data);
    }
    return count == 0 || put_parts(c, parts, count);
}

bool pen_edge_feed_rest(struct pen_edge_connection *c)
{
    const ssize_t result = send(c->pair->watch.fd, c->feed + c->feed_at, c->feed_len - c->feed_at,
                                MSG_NOSIGNAL | MSG_DONTWAIT);
    if (result < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (result > 0) c->feed_at += (size_t)result;
    c->edge->events->fed(c->edge->owner);
    if (c->feed_at < c->feed_len) return true;

    free(c->feed);
    c->feed = NULL;
    c->feed_len = c->feed_at = 0;
    return pen_loop_watch(c->edge->loop, &c->pair->watch, EPOLLIN) == PEN_OK;
}
