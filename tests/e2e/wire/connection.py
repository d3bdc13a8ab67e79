"""What concerns one connection alone: Connection, hop-by-hop fields, Upgrade, Expect (RFC 9110 sections 7.6, 7.8, 10.1.1)."""
from wire.row import HEAD, HOST, JSON, MARK, Row, get, passes, post, refused

PATH = b"/open/" + MARK
SEEN = b"GET " + PATH + b" HTTP/1.1"
HOPS = ("Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Proxy-Authenticate", "TE", "Trailer", "Upgrade",
        "Transfer-Encoding", "Expect")


def nominated():
    for name in (b"Content-Length", b"Transfer-Encoding", b"Host", b"Content-Type", b"Content-Encoding", b"Authorization", b"Expect",
                 b"content-length"):
        yield refused("9110 7.6.1", f"Connection names {name.decode()}", post(b"{}", b"Connection: " + name + b"\r\n"), 400, "wire.connection")
        yield refused("9110 7.6.1", f"Connection names {name.decode()} behind close", post(b"{}", b"Connection: close, " + name + b"\r\n"), 400,
                      "wire.connection")
    for why, value in (("a space", b"a b"), ("a separator", b"close;q=1"), ("quotes", b'"close"'), ("a byte above 127", b"cl\xf6se"),
                       ("an equals sign", b"close=1")):
        yield refused("9110 7.6.1", f"a Connection option with {why}", get(PATH, b"Connection: " + value + b"\r\n"), 400, "wire.connection")
    for value in (b"X-Hop", b"keep-alive, X-Hop", b"x-hop", b"X-Hop,,", b", X-Hop"):
        yield passes("9110 7.6.1", f"a field that Connection names goes no further: {value.decode()}",
                     get(PATH, b"X-Hop: 1\r\nConnection: " + value + b"\r\nX-End: 1\r\n"), lacks=HOPS + ("X-Hop",), has=(("X-End", "1"),))
    yield passes("9110 7.6.1", "two Connection fields", get(PATH, b"Connection: X-One\r\nX-One: 1\r\nX-Two: 1\r\nConnection: X-Two\r\n"),
                 lacks=HOPS + ("X-One", "X-Two"))


def hops():
    for line in (b"Keep-Alive: timeout=5", b"Proxy-Connection: keep-alive", b"Proxy-Authorization: Basic eDp4", b"Proxy-Authenticate: Basic",
                 b"TE: trailers", b"TE: gzip;q=1", b"Trailer: X-T", b"Proxy-Status: x", b"Proxy-Foo: 1"):
        yield passes("9110 7.6.1", f"goes no further: {line.decode()}", get(PATH, line + b"\r\n"), lacks=HOPS + (line.split(b":")[0].decode(),))
    for line in (b"X-Forwarded-For: 1.2.3.4", b"X-Forwarded-User: root", b"X-Real-IP: 1.2.3.4", b"X-Original-URL: /admin", b"X-Rewrite-URL: /admin",
                 b"X-HTTP-Method-Override: DELETE", b"Proxy: http://evil", b"X-Function-Name: x", b"Client-Cert: x", b"X-Client-Verify: SUCCESS",
                 b"Remote-User: root", b"SSL-Client-Verify: SUCCESS", b"X-Auth-Request-User: root"):
        name, value = line.decode().split(": ")
        yield Row("9110 17.5", f"asserts nothing: {line.decode()}", get(PATH, line + b"\r\n"), ((200, None),), ((SEEN, b""),), ends=False,
                  lacks=() if name == "X-Forwarded-For" else (name,))


def upgrades():
    for value, options in ((b"h2c", b"Upgrade, HTTP2-Settings"), (b"websocket", b"Upgrade"), (b"TLS/1.2", b"Upgrade"), (b"h2c", b""), (b"", b"Upgrade"),
                           (b"HTTP/2.0, SHTTP/1.3", b"upgrade")):
        line = b"Upgrade: " + value + b"\r\n" + (b"Connection: " + options + b"\r\n" if options else b"")
        yield refused("9110 7.8", f"Upgrade to {value.decode() or 'nothing'}{'' if options else ', not nominated'}", get(PATH, line), 400, "wire.upgrade")


def closing():
    for value in (b"close", b"Close", b"CLOSE", b"close, keep-alive", b"keep-alive, close", b" close "):
        yield passes("9112 9.6", f"Connection: {value.decode()}", get(PATH, b"Connection: " + value + b"\r\n"), ends=True)
    for value in (b"keep-alive", b"Keep-Alive", b"foo"):
        yield passes("9112 9.3", f"Connection: {value.decode()} goes on", get(PATH, b"Connection: " + value + b"\r\n"))
    old = b"GET " + PATH + b" HTTP/1.0\r\n" + HOST
    yield passes("9112 9.3", "HTTP/1.0 ends", old + b"\r\n", line=SEEN, ends=True)
    yield passes("9112 9.3", "HTTP/1.0 with keep-alive goes on", old + b"Connection: keep-alive\r\n\r\n", line=SEEN)
    yield passes("9112 9.3", "HTTP/1.0 with close and keep-alive ends", old + b"Connection: keep-alive, close\r\n\r\n", line=SEEN, ends=True)
    yield passes("9112 9.3", "HTTP/1.0 with a length", b"POST " + PATH + b" HTTP/1.0\r\n" + HOST + JSON + b"Content-Length: 2\r\n\r\n{}", b"{}",
                 line=b"POST " + PATH + b" HTTP/1.1", ends=True)
    yield Row("9112 9.6", "nothing is read behind close", get(PATH, b"Connection: close\r\n") + get(b"/open/hidden"), ((200, None),), ((SEEN, b""),))


def expectations():
    for value in (b"100-continue", b"100-Continue"):
        yield passes("9110 10.1.1", f"Expect: {value.decode()} with the body already there", post(b"{}", b"Expect: " + value + b"\r\n"), b"{}", lacks=HOPS)
    yield passes("9110 10.1.1", "Expect without a body", get(PATH, b"Expect: 100-continue\r\n"), lacks=HOPS)
    yield passes("9110 10.1.1", "Expect in HTTP/1.0 is ignored",
                 b"POST " + PATH + b" HTTP/1.0\r\n" + HOST + JSON + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}", b"{}",
                 line=b"POST " + PATH + b" HTTP/1.1", ends=True)
    for value in (b"200-ok", b"100-continue, x", b"", b"100-continue;a=b", b"100", b"1xx", b'"100-continue"', b"100-continues", b"y 100-continue"):
        yield refused("9110 10.1.1", f"Expect: {value.decode() or 'nothing'}", post(b"{}", b"Expect: " + value + b"\r\n"), 417, "wire.expect")
    yield refused("9110 10.1.1", "Expect twice", post(b"{}", b"Expect: 100-continue\r\n" * 2), 417, "wire.expect")
    for why, sent, status, reason in (
            ("a body too large", HEAD + b"Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n", 413, "body.too_large"),
            ("a type that is not taken", HEAD.replace(JSON, b"Content-Type: text/xml\r\n") + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n", 415,
             "type.unsupported"),
            ("a route that is none", HEAD.replace(b"/open/", b"/nowhere/") + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n", 404, None),
            ("no token", HEAD.replace(b"/open/" + MARK, b"/function/orders") + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n", 401, None)):
        yield Row("9110 10.1.1", f"{why} is refused before 100 Continue", sent, ((status, reason),))


def rows():
    for subject in (nominated, hops, upgrades, closing, expectations):
        yield from subject()
