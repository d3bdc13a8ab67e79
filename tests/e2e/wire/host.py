"""Host: exactly one, an authority, and that of an absolute target (RFC 9112 section 3.2, RFC 9110 7.2)."""
from wire.row import HOST, MARK, get, passes, refused

PATH = b"/open/" + MARK


def host(value, name=b"Host"):
    return get(PATH, host=name + b": " + value + b"\r\n")


def malformed():
    for why, value in (
            ("empty", b""), ("a list", b"localhost, other"), ("a list without a space", b"localhost,other"),
            ("a path", b"localhost/x"), ("a query", b"localhost?x"), ("a fragment", b"localhost#x"), ("a user", b"user@localhost"),
            ("a user and a password", b"u:p@localhost"), ("a space", b"local host"), ("two hosts and a space", b"localhost other"),
            ("a tab", b"local\thost"), ("a scheme", b"http://localhost"), ("a backslash", b"localhost\\other"),
            ("quotes", b'"localhost"'), ("a semicolon", b"localhost;x"), ("an escape", b"%6cocalhost"), ("a dot first", b".localhost"),
            ("two dots", b"local..host"), ("no port behind the colon", b"localhost:"), ("port nought", b"localhost:0"),
            ("a port beyond 65535", b"localhost:65536"), ("a port that wraps", b"localhost:4294967376"),
            ("a negative port", b"localhost:-1"), ("a signed port", b"localhost:+80"), ("a named port", b"localhost:http"),
            ("a port with a zero first", b"localhost:0443"), ("two ports", b"localhost:80:443"), ("a space before the port", b"localhost :80"),
            ("a hexadecimal port", b"localhost:0x50"), ("an IPv6 address without brackets", b"::1"), ("an open bracket", b"[::1"),
            ("empty brackets", b"[]"), ("a zone", b"[fe80::1%25eth0]"), ("an address of the future", b"[v1.x]"),
            ("a bracket too many", b"[::1]]"), ("a name in brackets", b"[localhost]"), ("something behind the bracket", b"[::1]x"),
            ("a name of 256 letters", b"a" * 256), ("a byte above 127", b"l\xf6calhost"), ("an asterisk", b"*"),
            ("a wildcard", b"*.localhost"), ("an angle bracket", b"<localhost>"), ("an exclamation mark", b"localhost!")):
        yield refused("9112 3.2", f"Host: {why}", host(value), 400, "wire.host")


def missing_or_repeated():
    yield refused("9112 3.2", "no Host", get(PATH, host=b""), 400, "wire.host_missing")
    for why, fields in (
            ("twice the same", HOST * 2), ("two hosts", HOST + b"Host: other\r\n"), ("the other first", b"Host: other\r\n" + HOST),
            ("in two cases", HOST + b"HOST: localhost\r\n"), ("one of them empty", HOST + b"Host:\r\n"), ("three of them", HOST * 3),
            ("apart from each other", HOST + b"X-A: 1\r\nX-B: 2\r\n" + HOST)):
        yield refused("9112 3.2", f"Host: {why}", get(PATH, host=fields), 400, "wire.host_repeated")
    for why, fields, code in (
            ("a space before the colon", b"Host : localhost\r\n", "wire.field_space"), ("folded", b"Host:\r\n localhost\r\n", "wire.fold"),
            ("folded behind another", b"X-A: 1\r\n Host: other\r\n" + HOST, "wire.fold"), ("with an underscore", b"Ho_st: x\r\n" + HOST,
                                                                                           "wire.field_underscore")):
        yield refused("9112 5.1", f"Host: {why}", get(PATH, host=fields), 400, code)


def fine():
    for why, value in (("a port", b"localhost:443"), ("upper case", b"LOCALHOST"), ("a dot behind it", b"localhost."),
                       ("an address", b"127.0.0.1"), ("an address and a port", b"127.0.0.1:8443"), ("an IPv6 address", b"[::1]"),
                       ("an IPv6 address and a port", b"[::1]:8443"), ("a name with dashes", b"a-b.example.com"),
                       ("a name with an underscore", b"a_b.example.com"), ("white space around it", b"  localhost\t")):
        yield passes("9110 7.2", f"Host: {why}", host(value))
    yield passes("9110 7.2", "Host behind other fields", get(PATH, host=b"X-A: 1\r\n" + HOST))
    yield passes("9110 7.2", "host in lower case", host(b"localhost", b"host"))


def rows():
    for subject in (malformed, missing_or_repeated, fine):
        yield from subject()
