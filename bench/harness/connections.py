"""Many TLS connections held at once: idle after one answer, or in the middle of an event."""
import socket
import ssl

from harness.common import Trouble


def context(setting):
    made = ssl.create_default_context(cafile=str(setting.path("ca.pem")))
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    return made


def head(setting, body):
    return (f"POST /function/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer "
            f"{setting.token}\r\nContent-Length: {len(body)}\r\n\r\n").encode()


def read_answer(connection):
    """An answer with a Content-Length; its status."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            raise Trouble("a connection ended before its answer")
        data += more
    top, _, rest = data.partition(b"\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in top.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(rest) < length:
        more = connection.recv(65536)
        if not more:
            raise Trouble("a connection ended within its answer")
        rest += more
    return int(top.split(None, 2)[1])


def hold(setting, port, count, body, half):
    """Open `count` connections. Each has had one answer; with `half` each has sent half of its next event."""
    tls, held = context(setting), []
    try:
        for _ in range(count):
            raw = socket.create_connection(("127.0.0.1", port), 20)
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = tls.wrap_socket(raw, server_hostname="localhost")
            held.append(connection)
            connection.sendall(head(setting, body) + body)
            if read_answer(connection) != 200:
                raise Trouble("a held connection was not answered 200")
            if half:
                connection.sendall(head(setting, body) + body[:len(body) // 2])
        return held
    except (OSError, Trouble) as trouble:
        release(held)
        raise Trouble(f"{len(held)} of {count} connections could be held: {trouble}") from None


def release(held):
    for connection in held:
        connection.close()
