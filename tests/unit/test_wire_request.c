#include "tests/unit/wire_cases.h"

#define AFTER_HOST(lines) PEN_STR("POST /f HTTP/1.1\r\nHost: a\r\n" lines "\r\n")
#define TARGET(target)    PEN_STR("GET " target " HTTP/1.1\r\nHost: a.example\r\n\r\n")
#define HOST(value)       PEN_STR("GET / HTTP/1.1\r\nHost:" value "\r\n\r\n")
#define LINE(line)        PEN_STR(line "\r\nHost: a\r\n\r\n")

static const struct wire_case lines[] = {
    {"the plain case", "9112 3", LINE("GET / HTTP/1.1"), NULL},
    {"version 1.0 is understood", "9112 2.3", LINE("GET / HTTP/1.0"), NULL},
    {"an unknown method is a token", "9110 9.1", LINE("PURGE / HTTP/1.1"), NULL},
    {"every tchar may stand in a method", "9110 5.6.2", LINE("!#$%&'*+-.^_`|~9 / HTTP/1.1"), NULL},
    {"methods are case-sensitive", "9110 9.1", LINE("get / HTTP/1.1"), NULL},
    {"one empty line before", "9112 2.2", PEN_STR("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), NULL},
    {"two empty lines before", "9112 2.2", PEN_STR("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
     "wire.empty_line"},
    {"TRACE echoes credentials", "9110 9.3.8", LINE("TRACE / HTTP/1.1"), "wire.method"},
    {"CONNECT asks for a tunnel", "9110 9.3.6", LINE("CONNECT a:443 HTTP/1.1"), "wire.method"},
    {"TRACE in small letters", "9110 9.3.8", LINE("trace / HTTP/1.1"), "wire.method"},
    {"no method", "9112 3", LINE(" / HTTP/1.1"), "wire.request_line"},
    {"a method with a colon", "9112 3.1", LINE("GE:T / HTTP/1.1"), "wire.request_line"},
    {"a method with a high byte", "9112 3.1", LINE("G\xc3\x89T / HTTP/1.1"), "wire.request_line"},
    {"a method in quotes", "9112 3.1", LINE("\"GET\" / HTTP/1.1"), "wire.request_line"},
    {"only a method", "9112 3", LINE("GET"), "wire.request_line"},
    {"two spaces before the target", "9112 3", LINE("GET  / HTTP/1.1"), "wire.request_line"},
    {"two spaces after the target", "9112 3", LINE("GET /  HTTP/1.1"), "wire.request_line"},
    {"HTAB instead of a space", "9112 3", LINE("GET\t/ HTTP/1.1"), "wire.request_line"},
    {"HTAB before the version", "9112 3", LINE("GET /\tHTTP/1.1"), "wire.version"},
    {"a space behind the version", "9112 3", LINE("GET / HTTP/1.1 "), "wire.request_line"},
    {"a space in the target", "9112 3.2", LINE("GET /a b HTTP/1.1"), "wire.request_line"},
    {"HTTP/0.9", "9112 3", PEN_STR("GET /\r\n\r\n"), "wire.version"},
    {"no target", "9112 3", PEN_STR("GET HTTP/1.1\r\n\r\n"), "wire.request_line"},
    {"HTTP/0.9 with a space", "9112 3", PEN_STR("GET / \r\n\r\n"), "wire.request_line"},
    {"version 2.0", "9110 2.5", LINE("GET / HTTP/2.0"), "wire.version"},
    {"HTTP/2's preface", "9113 3.4", PEN_STR("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "wire.version"},
    {"version 1.2", "9112 2.3", LINE("GET / HTTP/1.2"), "wire.version"},
    {"version 1.9", "9112 2.3", LINE("GET / HTTP/1.9"), "wire.version"},
    {"version 0.9 spelled out", "9112 2.3", LINE("GET / HTTP/0.9"), "wire.version"},
    {"version 3.1", "9112 2.3", LINE("GET / HTTP/3.1"), "wire.version"},
    {"the name in small letters", "9112 2.3", LINE("GET / http/1.1"), "wire.request_line"},
    {"two digits before the dot", "9112 2.3", LINE("GET / HTTP/01.1"), "wire.request_line"},
    {"two digits behind the dot", "9112 2.3", LINE("GET / HTTP/1.10"), "wire.request_line"},
    {"no minor version", "9112 2.3", LINE("GET / HTTP/1"), "wire.request_line"},
    {"a comma for the dot", "9112 2.3", LINE("GET / HTTP/1,1"), "wire.request_line"},
    {"a sign before the digit", "9112 2.3", LINE("GET / HTTP/+.1"), "wire.request_line"},
    {"another protocol", "9112 2.3", LINE("GET / ICAP/1.0"), "wire.request_line"},
};

static const struct wire_case targets[] = {
    {"a long plain path", "3986 3.3", TARGET("/a/b-c_d.e~f/g;h=1,2/@:!$&'()*+"), NULL},
    {"a trailing slash", "3986 3.3", TARGET("/a/"), NULL},
    {"three dots are a name", "3986 5.2.4", TARGET("/.../a"), NULL},
    {"a hidden file", "3986 5.2.4", TARGET("/.well-known/a"), NULL},
    {"dots within a name", "3986 5.2.4", TARGET("/a..b/c."), NULL},
    {"an encoded space", "3986 2.1", TARGET("/a%20b"), NULL},
    {"encoded UTF-8", "3986 2.5", TARGET("/caf%C3%A9/%E2%82%AC/%F0%9F%98%80"), NULL},
    {"an encoded percent sign", "3986 2.4", TARGET("/100%25/a"), NULL},
    {"a query", "3986 3.4", TARGET("/a?b=c&d=/e?f:@"), NULL},
    {"an empty query", "3986 3.4", TARGET("/a?"), NULL},
    {"brackets in a query", "whatwg url", TARGET("/a?ids[]=1&f={x}|^`"), NULL},
    {"an encoded slash in a query", "3986 3.4", TARGET("/a?next=%2Fb%5C..%2F"), NULL},
    {"dots in a query", "3986 3.4", TARGET("/a?p=../../b//c"), NULL},
    {"an encoded line break in a query", "3986 3.4", TARGET("/a?text=x%0D%0Ay"), NULL},
    {"a high byte in a query", "3986 2.1", TARGET("/a?n=%E9"), NULL},
    {"a backslash", "3986 3.3", TARGET("/a\\b"), "wire.target_byte"},
    {"a backslash in the query", "3986 3.4", TARGET("/a?b\\c"), "wire.target_byte"},
    {"a raw high byte", "3986 2", TARGET("/caf\xc3\xa9"), "wire.target_byte"},
    {"a raw high byte in the query", "3986 2", TARGET("/?\xc3\xa9"), "wire.target_byte"},
    {"a fragment", "9112 3.2", TARGET("/a#b"), "wire.target_byte"},
    {"a fragment behind the query", "9112 3.2", TARGET("/a?b#c"), "wire.target_byte"},
    {"a double quote", "3986 2", TARGET("/a\"b"), "wire.target_byte"},
    {"a double quote in the query", "3986 2", TARGET("/?a=\"b\""), "wire.target_byte"},
    {"angle brackets", "3986 2", TARGET("/<a>"), "wire.target_byte"},
    {"angle brackets in the query", "3986 2", TARGET("/?a=<b>"), "wire.target_byte"},
    {"braces in the path", "3986 3.3", TARGET("/{a}"), "wire.target_byte"},
    {"square brackets in the path", "3986 3.3", TARGET("/[a]"), "wire.target_byte"},
    {"a vertical bar in the path", "3986 3.3", TARGET("/a|b"), "wire.target_byte"},
    {"HTAB in the path", "3986 2", TARGET("/a\tb"), "wire.target_byte"},
    {"a percent sign alone", "3986 2.1", TARGET("/a%"), "wire.target_escape"},
    {"one hexadecimal digit", "3986 2.1", TARGET("/a%4"), "wire.target_escape"},
    {"no hexadecimal digits", "3986 2.1", TARGET("/%zz"), "wire.target_escape"},
    {"the second is none", "3986 2.1", TARGET("/%4g"), "wire.target_escape"},
    {"an IIS escape", "3986 2.1", TARGET("/%u0041"), "wire.target_escape"},
    {"a broken escape in the query", "3986 2.1", TARGET("/?a=%2"), "wire.target_escape"},
    {"a percent sign ends the query", "3986 2.1", TARGET("/?a=100%"), "wire.target_escape"},
    {"an escape cut by a slash", "3986 2.1", TARGET("/%2/a"), "wire.target_escape"},
    {"an encoded NUL", "3986 7.3", TARGET("/a%00b"), "wire.target_encoded"},
    {"an encoded NUL in the query", "3986 7.3", TARGET("/a?b=%00"), "wire.target_encoded"},
    {"an encoded slash", "3986 2.2", TARGET("/a%2Fb"), "wire.target_encoded"},
    {"an encoded slash in small letters", "3986 2.2", TARGET("/a%2fb"), "wire.target_encoded"},
    {"an encoded backslash", "3986 7.3", TARGET("/a%5Cb"), "wire.target_encoded"},
    {"an encoded CR", "3986 7.3", TARGET("/a%0db"), "wire.target_encoded"},
    {"an encoded LF", "3986 7.3", TARGET("/a%0Ab"), "wire.target_encoded"},
    {"an encoded DEL", "3986 7.3", TARGET("/a%7f"), "wire.target_encoded"},
    {"a slash encoded twice", "3986 2.4", TARGET("/a%252fb"), "wire.target_encoded"},
    {"a slash encoded four times", "3986 2.4", TARGET("/a%2525252fb"), "wire.target_encoded"},
    {"a NUL encoded twice", "3986 2.4", TARGET("/a%2500"), "wire.target_encoded"},
    {"an empty segment", "3986 3.3", TARGET("/a//b"), "wire.target_empty_segment"},
    {"an empty first segment", "3986 3.3", TARGET("//a/b"), "wire.target_empty_segment"},
    {"two trailing slashes", "3986 3.3", TARGET("/a//"), "wire.target_empty_segment"},
    {"up one level", "3986 5.2.4", TARGET("/a/../b"), "wire.target_dot_segment"},
    {"up at the end", "3986 5.2.4", TARGET("/a/.."), "wire.target_dot_segment"},
    {"up at once", "3986 5.2.4", TARGET("/.."), "wire.target_dot_segment"},
    {"this level", "3986 5.2.4", TARGET("/./a"), "wire.target_dot_segment"},
    {"up before a query", "3986 5.2.4", TARGET("/a/..?b"), "wire.target_dot_segment"},
    {"encoded dots", "3986 6.2.2", TARGET("/a/%2e%2e/b"), "wire.target_dot_segment"},
    {"encoded dots in capitals", "3986 6.2.2", TARGET("/%2E%2E"), "wire.target_dot_segment"},
    {"one dot of two encoded", "3986 6.2.2", TARGET("/a/.%2e/b"), "wire.target_dot_segment"},
    {"the other one encoded", "3986 6.2.2", TARGET("/a/%2e./b"), "wire.target_dot_segment"},
    {"one encoded dot", "3986 6.2.2", TARGET("/%2e/b"), "wire.target_dot_segment"},
    {"dots encoded twice", "3986 2.4", TARGET("/%252e%252e/b"), "wire.target_dot_segment"},
    {"dots whose encoding is encoded letter by letter", "3986 2.4", TARGET("/%25%32%65%25%32%65/b"),
     "wire.target_dot_segment"},
    {"a slash whose encoding is encoded letter by letter", "3986 2.4", TARGET("/a%25%32%66b"),
     "wire.target_encoded"},
    {"more layers than anybody undoes", "3986 2.4", TARGET("/%252525252541"),
     "wire.target_encoded"},
    {"an encoded percent sign", "3986 2.4", TARGET("/100%25/b%25zz"), NULL},
    {"a letter encoded twice", "3986 2.4", TARGET("/%2541"), NULL},
    {"dots before a parameter", "3986 3.3", TARGET("/..;/b"), "wire.target_dot_segment"},
    {"dots before a named one", "3986 3.3", TARGET("/a/..;v=1/b"), "wire.target_dot_segment"},
    {"an encoded semicolon", "3986 3.3", TARGET("/..%3b/b"), "wire.target_dot_segment"},
    {"an overlong dot", "3629 3", TARGET("/%c0%ae%c0%ae/b"), "wire.target_utf8"},
    {"an overlong slash", "3629 3", TARGET("/a%c0%afb"), "wire.target_utf8"},
    {"an overlong dot of three bytes", "3629 3", TARGET("/%e0%80%ae"), "wire.target_utf8"},
    {"an overlong dot of four bytes", "3629 3", TARGET("/%f0%80%80%ae"), "wire.target_utf8"},
    {"a surrogate", "3629 3", TARGET("/%ed%a0%80"), "wire.target_utf8"},
    {"beyond U+10FFFF", "3629 3", TARGET("/%f4%90%80%80"), "wire.target_utf8"},
    {"Latin-1", "3629 3", TARGET("/caf%e9"), "wire.target_utf8"},
    {"a sequence cut by a letter", "3629 3", TARGET("/%e2%82a"), "wire.target_utf8"},
    {"a sequence cut by a slash", "3629 3", TARGET("/%e2%82/a"), "wire.target_utf8"},
    {"a continuation alone", "3629 3", TARGET("/%80"), "wire.target_utf8"},
    {"no form of a target", "9112 3.2", TARGET("a/b"), "wire.target_form"},
    {"a star with a path", "9112 3.2.4", TARGET("*/a"), "wire.target_form"},
    {"a star of GET", "9112 3.2.4", TARGET("*"), "wire.target_form"},
    {"a host and port", "9112 3.2.3", TARGET("a.example:443"), "wire.target_form"},
    {"another scheme", "9112 3.2.2", TARGET("ftp://a.example/"), "wire.target_form"},
    {"a file", "9112 3.2.2", TARGET("file:///etc/passwd"), "wire.target_form"},
    {"a query alone", "9112 3.2.1", TARGET("?a"), "wire.target_form"},
    {"absolute-form", "9112 3.2.2", TARGET("http://a.example/b?c"), NULL},
    {"absolute-form with TLS", "9112 3.2.2", TARGET("https://a.example/b"), NULL},
    {"its scheme in capitals", "3986 3.1", TARGET("HTTP://a.example/b"), NULL},
    {"its host in capitals", "3986 3.2.2", TARGET("http://A.Example/b"), NULL},
    {"without a path", "9112 3.2.1", TARGET("http://a.example"), NULL},
    {"a query without a path", "9112 3.2.2", TARGET("http://a.example?b"), "wire.target_form"},
    {"another host", "9112 3.2.2", TARGET("http://b.example/"), "wire.authority"},
    {"another port", "9112 3.2.2", TARGET("http://a.example:81/"), "wire.authority"},
    {"a user", "9110 4.2.4", TARGET("http://u@a.example/"), "wire.authority"},
    {"a user and password", "9110 4.2.4", TARGET("http://u:p@a.example/"), "wire.authority"},
    {"no host", "9110 4.2.1", TARGET("http:///a"), "wire.authority"},
    {"a backslash in the host", "3986 3.2.2", TARGET("http://a.example\\b/"), "wire.authority"},
    {"dots behind the host", "3986 5.2.4", TARGET("http://a.example/../b"),
     "wire.target_dot_segment"},
    {"an empty segment behind the host", "3986 3.3", TARGET("http://a.example//b"),
     "wire.target_empty_segment"},
    {"OPTIONS of the whole server", "9112 3.2.4", LINE("OPTIONS * HTTP/1.1"), NULL},
    {"the same as absolute-form", "9112 3.2.4", LINE("OPTIONS http://a HTTP/1.1"), NULL},
};

static const struct wire_case hosts[] = {
    {"a name", "9110 7.2", HOST(" a.example"), NULL},
    {"a name and port", "9110 7.2", HOST(" a.example:8443"), NULL},
    {"no space before it", "9112 5.1", HOST("a.example"), NULL},
    {"spaces around it", "9112 5.1", HOST(" \t a.example \t"), NULL},
    {"a root dot", "3986 3.2.2", HOST(" a.example."), NULL},
    {"an underscore in a name", "3986 3.2.2", HOST(" my_service:80"), NULL},
    {"IPv4", "3986 3.2.2", HOST(" 192.0.2.1:80"), NULL},
    {"IPv6", "3986 3.2.2", HOST(" [2001:db8::1]:80"), NULL},
    {"IPv6 without port", "3986 3.2.2", HOST(" [::1]"), NULL},
    {"IPv4 in IPv6", "3986 3.2.2", HOST(" [::ffff:192.0.2.1]"), NULL},
    {"none in 1.0", "9112 3.2", PEN_STR("GET / HTTP/1.0\r\n\r\n"), NULL},
    {"none in 1.1", "9112 3.2", PEN_STR("GET / HTTP/1.1\r\n\r\n"), "wire.host_missing"},
    {"two", "9112 3.2", AFTER_HOST("Host: b\r\n"), "wire.host_repeated"},
    {"two that agree", "9112 3.2", AFTER_HOST("hOST: a\r\n"), "wire.host_repeated"},
    {"empty", "9110 4.2.1", HOST(""), "wire.host"},
    {"a list", "9112 3.2", HOST(" a.example, b.example"), "wire.host"},
    {"a list without spaces", "9112 3.2", HOST(" a.example,b.example"), "wire.host"},
    {"two words", "9112 3.2", HOST(" a.example b.example"), "wire.host"},
    {"a user", "9110 4.2.4", HOST(" u@a.example"), "wire.host"},
    {"a path", "9110 7.2", HOST(" a.example/b"), "wire.host"},
    {"a scheme", "9110 7.2", HOST(" http://a.example"), "wire.host"},
    {"an encoded letter", "3986 6.2.2", HOST(" %61.example"), "wire.host"},
    {"a high byte", "3986 3.2.2", HOST(" caf\xc3\xa9.example"), "wire.host"},
    {"two dots", "1035 2.3.1", HOST(" a..example"), "wire.host"},
    {"a dot first", "1035 2.3.1", HOST(" .example"), "wire.host"},
    {"only a port", "9110 4.2.1", HOST(" :80"), "wire.host"},
    {"a colon without port", "3986 3.2.3", HOST(" a.example:"), "wire.host"},
    {"port 0", "3986 3.2.3", HOST(" a.example:0"), "wire.host"},
    {"port 65536", "3986 3.2.3", HOST(" a.example:65536"), "wire.host"},
    {"a port with a sign", "3986 3.2.3", HOST(" a.example:+80"), "wire.host"},
    {"a port with a leading zero", "3986 3.2.3", HOST(" a.example:080"), "wire.host"},
    {"a port of letters", "3986 3.2.3", HOST(" a.example:http"), "wire.host"},
    {"two ports", "3986 3.2.3", HOST(" a.example:80:80"), "wire.host"},
    {"an open bracket", "3986 3.2.2", HOST(" [::1"), "wire.host"},
    {"empty brackets", "3986 3.2.2", HOST(" []"), "wire.host"},
    {"a name in brackets", "3986 3.2.2", HOST(" [a.example]"), "wire.host"},
    {"a zone", "6874 2", HOST(" [fe80::1%25eth0]"), "wire.host"},
    {"a future address", "3986 3.2.2", HOST(" [v1.a]"), "wire.host"},
    {"text behind the bracket", "3986 3.2.2", HOST(" [::1]a"), "wire.host"},
    {"IPv6 without brackets", "3986 3.2.2", HOST(" ::1"), "wire.host"},
    {"too many groups", "3986 3.2.2", HOST(" [1:2:3:4:5:6:7:8:9]"), "wire.host"},
};

static const struct wire_case fields[] = {
    {"an empty value", "9110 5.5", AFTER_HOST("X-A:\r\n"), NULL},
    {"only spaces as value", "9110 5.5", AFTER_HOST("X-A: \t \r\n"), NULL},
    {"HTAB within a value", "9110 5.5", AFTER_HOST("X-A: b\tc\r\n"), NULL},
    {"obs-text in a value", "9110 5.5", AFTER_HOST("X-A: caf\xe9\r\n"), NULL},
    {"a colon in a value", "9110 5.5", AFTER_HOST("X-A: b:c\r\n"), NULL},
    {"every tchar in a name", "9110 5.1", AFTER_HOST("!#$%&'*+-.^`|~9aZ: b\r\n"), NULL},
    {"an ordinary field twice", "9110 5.3", AFTER_HOST("X-A: 1\r\nX-A: 2\r\n"), NULL},
    {"an empty name", "9110 5.1", AFTER_HOST(": v\r\n"), "wire.field_name"},
    {"a name with a high byte", "9110 5.1", AFTER_HOST("X-\xc3\xa9: v\r\n"), "wire.field_name"},
    {"a name with a slash", "9110 5.1", AFTER_HOST("X/A: v\r\n"), "wire.field_name"},
    {"a name in quotes", "9110 5.1", AFTER_HOST("\"X\": v\r\n"), "wire.field_name"},
    {"a name with brackets", "9110 5.1", AFTER_HOST("X[0]: v\r\n"), "wire.field_name"},
    {"a space in a name", "9110 5.1", AFTER_HOST("X A: v\r\n"), "wire.field_name"},
    {"a semicolon in a name", "9110 5.1", AFTER_HOST("Content-Length;: 5\r\n"), "wire.field_name"},
    {"a space before the colon", "9112 5.1", AFTER_HOST("X-A : v\r\n"), "wire.field_space"},
    {"HTAB before the colon", "9112 5.1", AFTER_HOST("Transfer-Encoding\t: chunked\r\n"),
     "wire.field_space"},
    {"Content-Length and a space", "9112 5.1", AFTER_HOST("Content-Length : 5\r\n"),
     "wire.field_space"},
    {"no colon", "9112 5", AFTER_HOST("X-A\r\n"), "wire.field_colon"},
    {"a request line among the fields", "9112 5", AFTER_HOST("GET /b HTTP/1.1\r\n"),
     "wire.field_colon"},
    {"an underscore in a name", "3875 4.1.18", AFTER_HOST("X_User: root\r\n"),
     "wire.field_underscore"},
    {"an underscore forges framing", "3875 4.1.18", AFTER_HOST("Content_Length: 5\r\n"),
     "wire.field_underscore"},
    {"a fold", "9112 5.2", AFTER_HOST("X-A: b\r\n c\r\n"), "wire.fold"},
    {"a fold by HTAB", "9112 5.2", AFTER_HOST("X-A: b\r\n\tc\r\n"), "wire.fold"},
    {"a fold of framing", "9112 5.2", AFTER_HOST("Transfer-Encoding:\r\n chunked\r\n"),
     "wire.fold"},
    {"space before the first field", "9112 2.2", PEN_STR("GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
     "wire.fold"},
    {"a line of spaces", "9112 5.2", AFTER_HOST("X-A: b\r\n   \r\n"), "wire.fold"},
    {"NUL in a value", "9110 5.5", AFTER_HOST("X-A: b\0c\r\n"), "wire.nul"},
    {"NUL at a line's start", "9112 5", AFTER_HOST("\0X-A: b\r\n"), "wire.nul"},
    {"NUL in a name", "9110 5.1", AFTER_HOST("Content-\0Length: 5\r\n"), "wire.nul"},
    {"NUL in the target", "9112 3", LINE("GET /a\0b HTTP/1.1"), "wire.nul"},
    {"NUL in the method", "9112 3", LINE("GE\0T / HTTP/1.1"), "wire.nul"},
    {"bare CR in a value", "9112 2.2", AFTER_HOST("X-A: b\rTransfer-Encoding: chunked\r\n"),
     "wire.bare_cr"},
    {"bare CR ends a line", "9112 2.2", PEN_STR("GET / HTTP/1.1\rHost: a\r\n\r\n"), "wire.bare_cr"},
    {"two CR before LF", "9112 2.2", AFTER_HOST("X-A: b\r\r\n"), "wire.bare_cr"},
    {"CR instead of the empty line", "9112 2.2", AFTER_HOST("\rX"), "wire.bare_cr"},
    {"bare LF ends the request line", "9112 2.2", PEN_STR("GET / HTTP/1.1\nHost: a\r\n\r\n"),
     "wire.bare_lf"},
    {"bare LF ends a field", "9112 2.2", AFTER_HOST("X-A: b\nX-B: c\r\n"), "wire.bare_lf"},
    {"bare LF as empty line", "9112 2.2", AFTER_HOST("X-A: b\r\n\n"), "wire.bare_lf"},
    {"bare LF before the request", "9112 2.2", PEN_STR("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
     "wire.bare_lf"},
    {"a control byte in a value", "9110 5.5", AFTER_HOST("X-A: b\x01\r\n"), "wire.control"},
    {"an escape in a value", "9110 5.5", AFTER_HOST("X-A: \x1b[31m\r\n"), "wire.control"},
    {"DEL in a value", "9110 5.5", AFTER_HOST("X-A: b\x7f\r\n"), "wire.control"},
    {"vertical tab before the colon", "9110 5.1", AFTER_HOST("X-A\x0b: b\r\n"), "wire.control"},
    {"form feed after the colon", "9110 5.5",
     AFTER_HOST("Content-Length:\x0c"
                "5\r\n"),
     "wire.control"},
    {"a TLS record on a plain port", "8446 5.1", PEN_STR("\x16\x03\x01\x02\x00\x01"),
     "wire.control"},
    {"two Content-Type", "9110 8.3", AFTER_HOST("Content-Type: a/b\r\nContent-Type: c/d\r\n"),
     "wire.field_repeated"},
    {"two equal Content-Type", "9110 5.3", AFTER_HOST("Content-Type: a/b\r\ncontent-type: a/b\r\n"),
     "wire.field_repeated"},
    {"two Authorization", "9110 11.6.2", AFTER_HOST("Authorization: a\r\nAuthorization: b\r\n"),
     "wire.field_repeated"},
};

static const struct wire_case framing[] = {
    {"a length", "9110 8.6", AFTER_HOST("Content-Length: 5\r\n"), NULL},
    {"a length of 0", "9110 8.6", AFTER_HOST("Content-Length: 0\r\n"), NULL},
    {"the greatest length", "9110 8.6", AFTER_HOST("Content-Length: 9223372036854775807\r\n"),
     NULL},
    {"chunked", "9112 6.1", AFTER_HOST("Transfer-Encoding: chunked\r\n"), NULL},
    {"codings have no case", "9112 7", AFTER_HOST("Transfer-Encoding: Chunked\r\n"), NULL},
    {"a body of GET", "9110 9.3.1",
     PEN_STR("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"), "wire.unasked_body"},
    {"a body of HEAD", "9110 9.3.2",
     PEN_STR("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"), "wire.unasked_body"},
    {"chunks of GET", "9110 9.3.1",
     PEN_STR("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"),
     "wire.unasked_body"},
    {"a body of GET of no bytes", "9110 9.3.1",
     PEN_STR("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"), NULL},
    {"a body of DELETE", "9110 9.3.5",
     PEN_STR("DELETE / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"), NULL},
    {"a body of DELETE", "9110 9.3.5",
     PEN_STR("DELETE / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"), NULL},
    {"a body of OPTIONS", "9110 9.3.7",
     PEN_STR("OPTIONS / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n"), NULL},
    {"an empty length", "9110 8.6", AFTER_HOST("Content-Length:\r\n"), "wire.length"},
    {"a plus sign", "9110 8.6", AFTER_HOST("Content-Length: +5\r\n"), "wire.length"},
    {"a minus sign", "9110 8.6", AFTER_HOST("Content-Length: -5\r\n"), "wire.length"},
    {"hexadecimal", "9110 8.6", AFTER_HOST("Content-Length: 0x5\r\n"), "wire.length"},
    {"a letter behind", "9110 8.6", AFTER_HOST("Content-Length: 5a\r\n"), "wire.length"},
    {"a fraction", "9110 8.6", AFTER_HOST("Content-Length: 5.0\r\n"), "wire.length"},
    {"an exponent", "9110 8.6", AFTER_HOST("Content-Length: 5e1\r\n"), "wire.length"},
    {"two numbers", "9110 8.6", AFTER_HOST("Content-Length: 5 5\r\n"), "wire.length"},
    {"quotes", "9110 8.6", AFTER_HOST("Content-Length: \"5\"\r\n"), "wire.length"},
    {"a list of equal lengths", "9112 6.3", AFTER_HOST("Content-Length: 5, 5\r\n"), "wire.length"},
    {"a list of two lengths", "9112 6.3", AFTER_HOST("Content-Length: 5,6\r\n"), "wire.length"},
    {"beyond 63 bits", "9110 8.6", AFTER_HOST("Content-Length: 9223372036854775808\r\n"),
     "wire.length"},
    {"beyond 64 bits", "9110 8.6", AFTER_HOST("Content-Length: 18446744073709551621\r\n"),
     "wire.length"},
    {"twenty zeros", "9110 8.6", AFTER_HOST("Content-Length: 00000000000000000005\r\n"),
     "wire.length"},
    {"Arabic digits", "9110 8.6", AFTER_HOST("Content-Length: \xd9\xa5\r\n"), "wire.length"},
    {"two lengths", "9112 6.3", AFTER_HOST("Content-Length: 5\r\nContent-Length: 6\r\n"),
     "wire.length_repeated"},
    {"two equal lengths", "9112 6.3", AFTER_HOST("Content-Length: 5\r\ncontent-length: 5\r\n"),
     "wire.length_repeated"},
    {"length and chunked", "9112 6.3",
     AFTER_HOST("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), "wire.length_and_chunked"},
    {"chunked and length", "9112 6.3",
     AFTER_HOST("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), "wire.length_and_chunked"},
    {"length and any coding", "9112 6.3",
     AFTER_HOST("Content-Length: 5\r\nTransfer-Encoding: x\r\n"), "wire.length_and_chunked"},
    {"an empty coding", "9112 6.1", AFTER_HOST("Transfer-Encoding:\r\n"), "wire.coding"},
    {"gzip", "9112 6.1", AFTER_HOST("Transfer-Encoding: gzip\r\n"), "wire.coding_unknown"},
    {"gzip within chunked", "9112 6.1", AFTER_HOST("Transfer-Encoding: gzip, chunked\r\n"),
     "wire.coding_unknown"},
    {"identity is gone", "9112 7", AFTER_HOST("Transfer-Encoding: identity\r\n"),
     "wire.coding_unknown"},
    {"a name that ends in chunked", "9112 7", AFTER_HOST("Transfer-Encoding: xchunked\r\n"),
     "wire.coding_unknown"},
    {"chunked is not last", "9112 6.3", AFTER_HOST("Transfer-Encoding: chunked, gzip\r\n"),
     "wire.coding"},
    {"chunked twice", "9112 6.1", AFTER_HOST("Transfer-Encoding: chunked, chunked\r\n"),
     "wire.coding"},
    {"a comma behind", "9112 6.1", AFTER_HOST("Transfer-Encoding: chunked,\r\n"), "wire.coding"},
    {"a comma before", "9112 6.1", AFTER_HOST("Transfer-Encoding: ,chunked\r\n"), "wire.coding"},
    {"a parameter", "9112 7.1", AFTER_HOST("Transfer-Encoding: chunked;a=b\r\n"), "wire.coding"},
    {"chunked in quotes", "9112 7", AFTER_HOST("Transfer-Encoding: \"chunked\"\r\n"),
     "wire.coding"},
    {"two words", "9112 7", AFTER_HOST("Transfer-Encoding: chunked x\r\n"), "wire.coding"},
    {"a high byte", "9112 7",
     AFTER_HOST("Transfer-Encoding: \xa0"
                "chunked\r\n"),
     "wire.coding"},
    {"two fields", "9112 6.1",
     AFTER_HOST("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
     "wire.coding_repeated"},
    {"identity beside chunked", "9112 6.1",
     AFTER_HOST("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n"),
     "wire.coding_repeated"},
    {"chunked in HTTP/1.0", "9112 6.1",
     PEN_STR("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"),
     "wire.coding_http10"},
    {"a list of options", "9110 7.6.1", AFTER_HOST("Connection: keep-alive, X-A,,\r\n"), NULL},
    {"an option that is no token", "9110 7.6.1", AFTER_HOST("Connection: a b\r\n"),
     "wire.connection"},
    {"Host named hop-by-hop", "9110 7.6.1", AFTER_HOST("Connection: close, Host\r\n"),
     "wire.connection"},
    {"the length named hop-by-hop", "9110 7.6.1", AFTER_HOST("Connection: content-length\r\n"),
     "wire.connection"},
    {"credentials named hop-by-hop", "9110 7.6.1", AFTER_HOST("Connection: Authorization\r\n"),
     "wire.connection"},
    {"the one expectation", "9110 10.1.1", AFTER_HOST("Expect: 100-Continue\r\n"), NULL},
    {"another expectation", "9110 10.1.1", AFTER_HOST("Expect: 200-ok\r\n"), "wire.expect"},
    {"an empty expectation", "9110 10.1.1", AFTER_HOST("Expect:\r\n"), "wire.expect"},
    {"two expectations", "9110 10.1.1",
     AFTER_HOST("Expect: 100-continue\r\nExpect: 100-continue\r\n"), "wire.expect"},
    {"an upgrade to HTTP/2", "9113 3.1",
     AFTER_HOST("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: A\r\n"),
     "wire.upgrade"},
    {"an upgrade to a web socket", "6455 4.1",
     AFTER_HOST("Connection: Upgrade\r\nUpgrade: websocket\r\n"), "wire.upgrade"},
    {"an upgrade not named in Connection", "9110 7.8", AFTER_HOST("Upgrade: h2c\r\n"),
     "wire.upgrade"},
};

struct wire_table {
    const struct wire_case *rows;
    size_t count;
};

static const struct wire_table tables[] = {
    {lines, PEN_COUNT_OF(lines)},   {targets, PEN_COUNT_OF(targets)}, {hosts, PEN_COUNT_OF(hosts)},
    {fields, PEN_COUNT_OF(fields)}, {framing, PEN_COUNT_OF(framing)},
};

static void for_every_row(void (*check)(const struct wire_case *row))
{
    for (size_t i = 0; i < PEN_COUNT_OF(tables); i++) {
        for (size_t j = 0; j < tables[i].count; j++) {
            check(&tables[i].rows[j]);
        }
    }
}

static void check_whole(const struct wire_case *row)
{
    const struct pen_wire_limits limits = pen_wire_default_limits();
    char *copy = wire_exact(row->bytes);
    struct wire_reading reading;
    wire_read((struct pen_str){copy, row->bytes.len}, row->bytes.len, NULL, &limits, &reading);
    wire_check(row, &reading);
    free(copy);
}

static void accepts_and_refuses_as_the_rfc_says(void **state)
{
    (void)state;
    for_every_row(check_whole);
}

static void check_bytewise(const struct wire_case *row)
{
    const struct pen_wire_limits limits = pen_wire_default_limits();
    for (size_t step = 1; step < 4; step++) {
        struct wire_reading reading;
        wire_read(row->bytes, step, NULL, &limits, &reading);
        wire_check(row, &reading);
    }
}

static void gives_the_same_answer_byte_by_byte(void **state)
{
    (void)state;
    for_every_row(check_bytewise);
}

/* A cut head may ask for more or be refused for the reason of the whole; it is never accepted. */
static void check_truncated(const struct wire_case *row)
{
    const struct pen_wire_limits limits = pen_wire_default_limits();
    struct wire_reading whole;
    wire_read(row->bytes, row->bytes.len, NULL, &limits, &whole);
    const size_t end = whole.head_len > 0 ? whole.head_len : row->bytes.len;
    for (size_t length = 0; length < end; length++) {
        char *copy = wire_exact(pen_str_slice(row->bytes, 0, length));
        struct wire_reading cut;
        wire_read((struct pen_str){copy, length}, length, NULL, &limits, &cut);
        const bool same = whole.head_len == 0 && cut.result == PEN_WIRE_REFUSED
                          && strcmp(cut.refusal.code, whole.refusal.code) == 0;
        if (cut.result != PEN_WIRE_MORE && !same) fail_msg("%s: at %zu", row->why, length);

        /* The parser by itself, for a caller that does not ask where the head ends. */
        struct pen_wire_refusal refusal = {0};
        if (pen_wire_parse_request((struct pen_str){copy, length}, &limits, &cut.head, &refusal)
                != PEN_WIRE_REFUSED
            || refusal.code == NULL) {
            fail_msg("%s: parsed when cut at %zu", row->why, length);
        }
        free(copy);
    }
}

static void never_accepts_a_truncated_head(void **state)
{
    (void)state;
    for_every_row(check_truncated);
}

static void takes_a_head_apart(void **state)
{
    (void)state;
    const struct pen_wire_limits limits = pen_wire_default_limits();
    struct wire_reading reading;
    wire_read(PEN_S("POST /f/a?b=c?d HTTP/1.1\r\nHost: Fn.Example:8443\r\nX-A:  b c\t\r\n"
                    "X-FORWARDED-for: 1\r\nContent-Length: 12\r\nExpect: 100-continue\r\n"
                    "\r\nthe body"),
              3, NULL, &limits, &reading);
    assert_int_equal(reading.result, PEN_WIRE_DONE);

    const struct pen_wire_head *head = &reading.head;
    assert_true(pen_str_equal(head->method, PEN_S("POST")));
    assert_true(pen_str_equal(head->target, PEN_S("/f/a?b=c?d")));
    assert_true(pen_str_equal(head->path, PEN_S("/f/a")));
    assert_true(pen_str_equal(head->query, PEN_S("b=c?d")));
    assert_true(head->has_query);
    assert_true(pen_str_equal(head->authority, PEN_S("Fn.Example:8443")));
    assert_int_equal(head->minor, 1);
    assert_int_equal(head->framing, PEN_FRAMING_LENGTH);
    assert_int_equal(head->content_length, 12);
    assert_true(head->keep_alive);
    assert_true(head->expect_continue);
    assert_int_equal(head->field_count, 5);
    assert_true(pen_str_equal(head->fields[1].name, PEN_S("X-A")));
    assert_true(pen_str_equal(head->fields[1].value, PEN_S("b c")));
    assert_int_equal(head->ids[0], PEN_FIELD_HOST);
    assert_int_equal(head->ids[1], PEN_FIELD_OTHER);
    assert_int_equal(head->ids[2], PEN_FIELD_X_FORWARDED);
    assert_int_equal(head->ids[3], PEN_FIELD_CONTENT_LENGTH);
    assert_int_equal(head->ids[4], PEN_FIELD_EXPECT);
}

static void takes_the_target_out_of_absolute_form(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str head;
        struct pen_str target;
        struct pen_str authority;
    } rows[] = {
        {"with a path", PEN_STR("GET http://a:80/b?c HTTP/1.1\r\nHost: A:80\r\n\r\n"),
         PEN_STR("/b?c"), PEN_STR("A:80")},
        {"without a path", PEN_STR("GET https://a HTTP/1.1\r\nHost: a\r\n\r\n"), PEN_STR("/"),
         PEN_STR("a")},
        {"OPTIONS without a path", PEN_STR("OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n"),
         PEN_STR("*"), PEN_STR("a")},
        {"without Host, HTTP/1.0", PEN_STR("GET http://a/ HTTP/1.0\r\n\r\n"), PEN_STR("/"),
         PEN_STR("a")},
        {"origin-form, HTTP/1.0", PEN_STR("GET / HTTP/1.0\r\n\r\n"), PEN_STR("/"), PEN_STR("")},
    };
    const struct pen_wire_limits limits = pen_wire_default_limits();
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct wire_reading reading;
        wire_read(rows[i].head, rows[i].head.len, NULL, &limits, &reading);
        if (reading.result != PEN_WIRE_DONE || !pen_str_equal(reading.head.target, rows[i].target)
            || !pen_str_equal(reading.head.authority, rows[i].authority)) {
            fail_msg("%s", rows[i].why);
        }
    }
}

static void reads_whether_the_connection_goes_on(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str head;
        bool keep_alive;
    } rows[] = {
        {"1.1 by default", PEN_STR("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), true},
        {"1.0 by default", PEN_STR("GET / HTTP/1.0\r\n\r\n"), false},
        {"1.1 with close", PEN_STR("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE\r\n\r\n"),
         false},
        {"1.0 with keep-alive", PEN_STR("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"), true},
        {"close wins",
         PEN_STR(
             "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n"),
         false},
    };
    const struct pen_wire_limits limits = pen_wire_default_limits();
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct wire_reading reading;
        wire_read(rows[i].head, rows[i].head.len, NULL, &limits, &reading);
        if (reading.result != PEN_WIRE_DONE || reading.head.keep_alive != rows[i].keep_alive) {
            fail_msg("%s", rows[i].why);
        }
    }
}

static void ignores_an_expectation_that_cannot_be_met(void **state)
{
    (void)state;
    const struct pen_str heads[] = {
        PEN_STR("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n"),
        PEN_STR("POST / HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"),
    };
    const struct pen_wire_limits limits = pen_wire_default_limits();
    for (size_t i = 0; i < PEN_COUNT_OF(heads); i++) {
        struct wire_reading reading;
        wire_read(heads[i], heads[i].len, NULL, &limits, &reading);
        assert_int_equal(reading.result, PEN_WIRE_DONE);
        assert_false(reading.head.expect_continue);
    }
}

static void answers_each_limit_with_its_own_status(void **state)
{
    (void)state;
    const struct pen_wire_limits limits = {
        .head_bytes = 95, .target_bytes = 20, .value_bytes = 30, .fields = 3};
    const struct {
        const char *why;
        struct pen_str head;
        const char *code;
        int status;
    } rows[] = {
        {"all at their limit",
         PEN_STR("GET /234567890123456789x HTTP/1.1\r\nHost: a\r\n"
                 "X-A: 6789012345678901234567890\r\nX-B: 6789012345\r\n\r\n"),
         NULL, 0},
        {"a target one too long", PEN_STR("GET /234567890123456789xx HTTP/1.1\r\nHost: a\r\n\r\n"),
         "wire.target_size", 414},
        {"a field line one too long",
         PEN_STR("GET / HTTP/1.1\r\nHost: a\r\nX-A: 6789012345678901234567890x\r\n\r\n"),
         "wire.field_size", 431},
        {"a fourth field",
         PEN_STR("GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-B: 2\r\nX-C: 3\r\n\r\n"),
         "wire.field_count", 431},
        {"a head one too long",
         PEN_STR("GET /234567890123456789x HTTP/1.1\r\nHost: a\r\n"
                 "X-A: 6789012345678901234567890\r\nX-B: 6789012345x\r\n\r\n"),
         "wire.head_size", 431},
        {"a request line as long as a head",
         PEN_STR("GET /"
                 "123456789012345678901234567890123456789012345678901234567890"
                 "123456789012345678901234567890123456789012345678901234567890"
                 " HTTP/1.1\r\nHost: a\r\n\r\n"),
         "wire.target_size", 414},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        for (size_t step = 1; step <= 200; step += 199) {
            struct wire_reading reading;
            wire_read(rows[i].head, step, NULL, &limits, &reading);
            const struct wire_case row = {rows[i].why, "limits", rows[i].head, rows[i].code};
            wire_check(&row, &reading);
            if (rows[i].code != NULL) assert_int_equal(reading.refusal.status, rows[i].status);
        }
    }
}

static void answers_with_the_status_of_the_rfc(void **state)
{
    (void)state;
    const struct {
        struct pen_str head;
        int status;
    } rows[] = {
        {LINE("TRACE / HTTP/1.1"), 405},
        {LINE("GET / HTTP/2.0"), 505},
        {AFTER_HOST("Expect: x\r\n"), 417},
        {AFTER_HOST("Transfer-Encoding: gzip\r\n"), 501},
        {AFTER_HOST("Transfer-Encoding: gzip;\r\n"), 400},
        {AFTER_HOST("Upgrade: h2c\r\n"), 400},
        {TARGET("/.."), 400},
    };
    const struct pen_wire_limits limits = pen_wire_default_limits();
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct wire_reading reading;
        wire_read(rows[i].head, rows[i].head.len, NULL, &limits, &reading);
        assert_int_equal(reading.result, PEN_WIRE_REFUSED);
        assert_int_equal(reading.refusal.status, rows[i].status);
    }
}

static void finds_fields_by_id_and_name(void **state)
{
    (void)state;
    const struct pen_wire_limits limits = pen_wire_default_limits();
    struct wire_reading reading;
    wire_read(PEN_S("GET / HTTP/1.1\r\nHost: a\r\nVia: 1\r\nvia: 2\r\nX-A: 3\r\nx-a: 4\r\n\r\n"),
              500, NULL, &limits, &reading);
    const struct pen_wire_head *head = &reading.head;
    assert_true(pen_str_equal(pen_wire_field(head, PEN_FIELD_VIA)->value, PEN_S("1")));
    assert_int_equal(pen_wire_field_count(head, PEN_FIELD_VIA), 2);
    assert_int_equal(pen_wire_field_count(head, PEN_FIELD_DATE), 0);
    assert_null(pen_wire_field(head, PEN_FIELD_DATE));
    assert_true(pen_str_equal(pen_wire_field_named(head, PEN_S("X-a"))->value, PEN_S("3")));
    assert_null(pen_wire_field_named(head, PEN_S("X-")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_and_refuses_as_the_rfc_says),
        cmocka_unit_test(gives_the_same_answer_byte_by_byte),
        cmocka_unit_test(never_accepts_a_truncated_head),
        cmocka_unit_test(takes_a_head_apart),
        cmocka_unit_test(takes_the_target_out_of_absolute_form),
        cmocka_unit_test(reads_whether_the_connection_goes_on),
        cmocka_unit_test(ignores_an_expectation_that_cannot_be_met),
        cmocka_unit_test(answers_each_limit_with_its_own_status),
        cmocka_unit_test(answers_with_the_status_of_the_rfc),
        cmocka_unit_test(finds_fields_by_id_and_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
