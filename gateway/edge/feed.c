/**
 * A request into its pair, in canonical form.
 *
 * What libmicrohttpd gets is not what the caller wrote but what the codec understood: the method
 * and a fixed target. The real head stays with the request, and the body is there already: it went
 * to the owner past libmicrohttpd, which would have copied it twice and announced it in pieces of
 * half its buffer. So there is nothing in the pair that a second parser could read otherwise. The
 * pair goes on whatever becomes of the caller's connection; what is said of that is put into the
 * reply's head (outbound.c).
 *
 * It is written when the reply is there. Told earlier, libmicrohttpd would have to suspend the
 * connection and resume it, which is half of the system calls that it makes for a request.
 */
#include "gateway/edge/connection.h"

#include <sys/socket.h>

#define METHOD_BYTES 24 /* longer ones are POST to libmicrohttpd, where they decide nothing */
#define HEAD_BYTES   64 /* with the fixed words */

static bool feed(const struct pen_edge_connection *c)
{
    char memory[HEAD_BYTES];
    struct pen_buf head = pen_buf_over(memory, sizeof(memory));
    const struct pen_str method = c->head->method;
    pen_buf_put(&head, method.len <= METHOD_BYTES ? method : PEN_S("POST"));
    pen_buf_put(&head, PEN_S(" / HTTP/1.1\r\nHost: e\r\n\r\n"));
    /* The request before it was read to its end, so there is room for this one. */
    const ssize_t sent = send(c->pair->watch.fd, head.ptr, head.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    return !head.full && sent == (ssize_t)head.len;
}

void pen_edge_answer(struct pen_edge_connection *connection)
{
    if (!feed(connection)) pen_edge_connection_end(connection, PEN_EDGE_BROKEN, "edge.pair", 0);
}
