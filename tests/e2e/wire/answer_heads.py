"""Heads of answers: status line, field lines, line ends, sizes."""
from wire.answers import OK, fine, hostile, sized

LINE, VERSION = "wire.status_line", "wire.version"
BODY = b"Content-Length: 2\r\n\r\n{}"

STATUS_LINES = [
    ("no HTTP", b"hello", LINE), ("a greeting of SSH", b"SSH-2.0-OpenSSH_9.2", LINE), ("a greeting of SMTP", b"220 mail.example ESMTP", LINE),
    ("HTML", b"<html><body>200 OK</body></html>", LINE), ("JSON", b'{"statusCode":200}', LINE), ("HTTP/0.9", b"{}", LINE),
    ("ICY", b"ICY 200 OK as audio", LINE), ("small letters", b"http/1.1 200 OK", LINE), ("HTTP/1", b"HTTP/1 200 OK", LINE),
    ("HTTP/1.10", b"HTTP/1.10 200 OK", LINE), ("HTTP/01.1", b"HTTP/01.1 200 OK", LINE), ("HTTP/2", b"HTTP/2 200", LINE),
    ("HTTP/2.0", b"HTTP/2.0 200 OK", VERSION), ("HTTP/1.2", b"HTTP/1.2 200 OK", VERSION), ("HTTP/0.9 in full", b"HTTP/0.9 200 OK", VERSION),
    ("HTTP/3.0", b"HTTP/3.0 200 OK", VERSION), ("a space before", b" HTTP/1.1 200 OK", LINE), ("a tab before", b"\tHTTP/1.1 200 OK", LINE),
    ("a tab for the space", b"HTTP/1.1\t200 OK", LINE), ("two spaces", b"HTTP/1.1  200 OK", LINE), ("no space", b"HTTP/1.1200 OK", LINE),
    ("a comma for the space", b"HTTP/1.1,200 OK", LINE), ("no status", b"HTTP/1.1 OK then", LINE), ("two digits", b"HTTP/1.1 20 OK then", LINE),
    ("four digits", b"HTTP/1.1 2000 OK", LINE), ("a sign", b"HTTP/1.1 +20 OK", LINE), ("a minus sign", b"HTTP/1.1 -20 OK", LINE),
    ("hexadecimal", b"HTTP/1.1 0xc8 OK", LINE), ("a fraction", b"HTTP/1.1 200.1 OK", LINE), ("letters", b"HTTP/1.1 2OO OK", LINE),
    ("full-width digits", b"HTTP/1.1 \xef\xbc\x92\xef\xbc\x90\xef\xbc\x90 OK", LINE), ("0", b"HTTP/1.1 000 OK", LINE), ("99", b"HTTP/1.1 099 OK", LINE),
    ("600", b"HTTP/1.1 600 OK", LINE), ("999", b"HTTP/1.1 999 OK", LINE), ("a tab before the phrase", b"HTTP/1.1 200\tOK", LINE),
    ("nothing behind the status", b"HTTP/1.1 200", LINE), ("a hyphen behind the status", b"HTTP/1.1 200-OK", LINE),
    ("a control byte in the phrase", b"HTTP/1.1 200 O\x01K", "wire.control"), ("a NUL in the phrase", b"HTTP/1.1 200 O\0K", "wire.nul"),
    ("a DEL in the phrase", b"HTTP/1.1 200 OK\x7f", "wire.control"), ("a CR in the phrase", b"HTTP/1.1 200 O\rK", "wire.bare_cr"),
    ("a byte order mark before", b"\xef\xbb\xbfHTTP/1.1 200 OK", LINE), ("a request line", b"GET / HTTP/1.1", LINE),
]

FIELDS = [
    ("no colon", b"X-A", "wire.field_colon"), ("an empty name", b": v", "wire.field_name"), ("a colon alone", b":", "wire.field_name"),
    ("a space before the colon", b"X-A : 1", "wire.field_space"), ("a tab before the colon", b"X-A\t: 1", "wire.field_space"),
    ("a length with a space before its colon", b"Content-Length : 0", "wire.field_space"), ("a space in the name", b"X A: 1", "wire.field_name"),
    ("quotes in the name", b'"X-A": 1', "wire.field_name"), ("a byte above 127 in the name", b"X-\xe9: 1", "wire.field_name"),
    ("a line that begins with a space", b" X-A: 1", "wire.fold"), ("a line that begins with a tab", b"\tX-A: 1", "wire.fold"),
    ("a fold", b"X-A: 1\r\n 2", "wire.fold"), ("a fold of nothing", b"X-A: 1\r\n ", "wire.fold"), ("a folded coding", b"Transfer-Encoding:\r\n chunked", "wire.fold"),
    ("a NUL in the name", b"X\0A: 1", "wire.nul"), ("a NUL in the value", b"X-A: 1\0", "wire.nul"), ("a NUL alone", b"\0", "wire.nul"),
    ("a control byte in the value", b"X-A: \x1b[31m", "wire.control"), ("a vertical tab before the value", b"Transfer-Encoding:\x0bchunked", "wire.control"),
    ("a DEL in the value", b"X-A: \x7f", "wire.control"), ("a bare CR in the value", b"X-A: 1\rSet-Cookie: a=b", "wire.bare_cr"),
    ("a bare LF in the value", b"X-A: 1\nSet-Cookie: a=b", "wire.bare_lf"), ("CR CR LF", b"X-A: 1\r", "wire.bare_cr"),
    ("an HTTP/2 field", b":status: 200", "wire.field_name"), ("a second status line", b"HTTP/1.1 200 OK", "wire.field_colon"),
]

LINE_ENDS = [
    ("LF everywhere", b"HTTP/1.1 200 OK\nContent-Length: 2\n\n{}", "wire.bare_lf"),
    ("LF behind the status line", b"HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\n{}", "wire.bare_lf"),
    ("LF behind a field", OK + b"Content-Length: 2\n\r\n{}", "wire.bare_lf"),
    ("LF for the empty line", OK + b"Content-Length: 2\r\n\n{}", "wire.bare_lf"),
    ("CR everywhere", b"HTTP/1.1 200 OK\rContent-Length: 2\r\r{}", "wire.bare_cr"),
    ("CR for the empty line", OK + b"Content-Length: 2\r\n\r{}", "wire.bare_cr"),
    ("an empty line before the head", b"\r\n" + OK + BODY, "wire.empty_line"),
    ("a LF before the head", b"\n" + OK + BODY, "wire.bare_lf"),
    ("a NUL before the head", b"\0" + OK + BODY, "wire.nul"),
]

KIB = 1024
LIMITS = [
    ("a field line above 8 KiB", OK + b"X-A: " + b"a" * 8 * KIB + b"\r\n" + BODY, "wire.field_size"),
    ("a head above 32 KiB", OK + b"".join(b"X-%d: %s\r\n" % (i, b"a" * 7000) for i in range(5)) + BODY, "wire.head_size"),
    ("a field without an end", OK + b"X-A: " + b"a" * 100 * KIB, "wire.head_size"),
    ("a status line without an end", b"HTTP/1.1 200 " + b"a" * 100 * KIB, "wire.head_size"),
    ("fields without an end", OK + b"a: b\r\n" * 20000, "wire.field_count"),
    ("65 fields", OK + b"".join(b"X-%d: 1\r\n" % i for i in range(64)) + BODY, "wire.field_count"),
    ("bytes without a line", b"a" * 100 * KIB, "wire.head_size"),
]

ROWS = [
    *[hostile("status line: " + name, "RFC 9112 4", line + b"\r\n" + BODY, reason) for name, line, reason in STATUS_LINES],
    *[hostile("field: " + name, "RFC 9112 5", OK + field + b"\r\n" + BODY, reason) for name, field, reason in FIELDS],
    *[hostile("field behind others: " + name, "RFC 9112 5", OK + b"X-Secret: s\r\nContent-Type: a/b\r\n" + field + b"\r\n" + BODY, reason)
      for name, field, reason in FIELDS[::4]],
    *[hostile("line ends: " + name, "RFC 9112 2.2", raw, reason) for name, raw, reason in LINE_ENDS],
    *[hostile("too much: " + name, "RFC 6585 5", raw, reason) for name, raw, reason in LIMITS],
    hostile("two content types", "RFC 9110 8.3", sized(b"{}", b"Content-Type: a/b", b"Content-Type: text/html"), "wire.field_repeated"),
    hostile("a malformed Connection", "RFC 9110 7.6.1", sized(b"{}", b"Connection: a b"), "wire.connection"),
    hostile("a length named by Connection", "RFC 9110 7.6.1", sized(b"{}", b"Connection: Content-Length"), "wire.connection"),

    *[fine(f"status {status}", "RFC 9110 15", sized(b"mine", line=b"HTTP/1.1 %d Mine\r\n" % status), b"mine", status)
      for status in (200, 201, 202, 203, 206, 299, 300, 301, 302, 308, 400, 401, 404, 418, 422, 429, 500, 502, 503, 599)],
    fine("no phrase", "RFC 9112 4", sized(line=b"HTTP/1.1 200 \r\n"), b"{}"),
    fine("a phrase of several words", "RFC 9112 4", sized(line=b"HTTP/1.1 200 All is well, \xc3\xa9\r\n"), b"{}"),
    fine("fields of the function's own", "RFC 9110 5", sized(b"{}", b"X-A: 1", b"Content-Type: text/html; charset=utf-8", b"ETag: \"a\"", b"Location: /x"), b"{}",
         fields={"X-A": "1", "Content-Type": "text/html; charset=utf-8", "ETag": '"a"', "Location": "/x"}),
    fine("a name with an underscore", "RFC 9110 5.1", sized(b"{}", b"X_A: 1"), b"{}", fields={"X_A": "1"}),
    fine("a tab in a value", "RFC 9110 5.5", sized(b"{}", b"X-A: a\tb"), b"{}", fields={"X-A": "a\tb"}),
    fine("bytes above 127 in a value", "RFC 9110 5.5", sized(b"{}", b"X-A: caf\xe9"), b"{}", fields={"X-A": "caf\xe9"}),
    fine("white space around a value", "RFC 9112 5.1", sized(b"{}", b"X-A: \t 1 \t "), b"{}", fields={"X-A": "1"}),
    fine("cookies stay apart", "RFC 6265 3", sized(b"{}", b"Set-Cookie: a=1", b"Set-Cookie: b=2"), b"{}", fields={"Set-Cookie": ["a=1", "b=2"]}),
    fine("fields of one hop stay behind", "RFC 9110 7.6.1", sized(b"{}", b"Keep-Alive: timeout=5", b"Connection: keep-alive, X-Hop", b"X-Hop: 1", b"X-A: 1", b"TE: gzip",
                                                                  b"Proxy-Authenticate: Basic", b"Upgrade: h2c", b"Trailer: X-T"), b"{}",
         fields={"Keep-Alive": None, "X-Hop": None, "TE": None, "Proxy-Authenticate": None, "Upgrade": None, "Trailer": None, "X-A": "1"}),
    fine("what tells of the software behind stays behind", "RFC 9110 17.12", sized(b"{}", b"Server: flask", b"X-Powered-By: a", b"Via: 1.1 inner", b"Alt-Svc: h3=\":443\""), b"{}",
         fields={"Server": None, "X-Powered-By": None, "Via": None, "Alt-Svc": None}),
    fine("a Proxy-Status and a request id of the function's stay behind", "RFC 9209 2", sized(b"{}", b"Proxy-Status: inner; error=dns_error", b"X-Request-Id: mine"), b"{}",
         fields={"Proxy-Status": None}),
    fine("64 fields", "RFC 6585 5", OK + b"".join(b"X-%d: 1\r\n" % i for i in range(63)) + BODY, b"{}", fields={"X-62": "1"}),
]
