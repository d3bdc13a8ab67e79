/** One datagram a message; nobody waits for it, and its loss harms nobody. */
#include "gateway/notify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/clock.h"
#include "gateway/log.h"

void pen_notify(struct pen_str state)
{
    const char *const path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    const size_t len = path == NULL ? 0 : strlen(path);
    if (len < 2 || len >= sizeof(to.sun_path) || (path[0] != '/' && path[0] != '@')) return;

    memcpy(to.sun_path, path, len);
    if (path[0] == '@') to.sun_path[0] = '\0'; /* the abstract namespace */
    char memory[160];
    struct pen_buf text = pen_buf_over(memory, sizeof(memory));
    pen_buf_put(&text, state);
    if (pen_str_equal(state, PEN_S("RELOADING=1"))) {
        pen_buf_put(&text, PEN_S("\nMONOTONIC_USEC="));
        pen_buf_u64(&text, pen_clock_us());
    }
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
    if (fd < 0
        || sendto(fd, text.ptr, text.len, MSG_NOSIGNAL, (const struct sockaddr *)&to, size) < 0) {
        pen_log(PEN_LOG_WARNING, "the service manager cannot be told: %s", strerror(errno));
    }
    if (fd >= 0) close(fd);
}
