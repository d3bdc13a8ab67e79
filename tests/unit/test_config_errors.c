/** The typed configuration: what is refused, where it points, and what it says. */
#include <stdlib.h>

#include "tests/unit/config_case.h"

static void of_the_top_level(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"a list", "- a\n", 1, 1, "expected a mapping, read a list"},
        {"one word", "penstock\n", 1, 1, "expected a mapping, read the text 'penstock'"},
        {"no listen", UPSTREAMS FUNCTIONS, 1, 1, "the key 'listen' is missing"},
        {"no upstreams", LISTEN FUNCTIONS, 1, 1, "the key 'upstreams' is missing"},
        {"no functions", LISTEN UPSTREAMS, 1, 1, "the key 'functions' is missing"},
        {"misspelt key", LISTEN UPSTREAMS "fonctions:\n  f: {}\n", 3, 1,
         "/fonctions: unknown key 'fonctions'; did you mean 'functions'?"},
        {"key that resembles none", LISTEN UPSTREAMS FUNCTIONS "zzz: 1\n", 4, 1,
         "unknown key 'zzz'; known: listen, trusted_proxies"},
        {"key with control characters", LISTEN UPSTREAMS FUNCTIONS "\"a\\n\\eb\": 1\n", 4, 1,
         "unknown key 'a??b'"},
        {"key of a function", LISTEN UPSTREAMS FUNCTIONS "sinks: [sql]\n", 4, 1,
         "/sinks: unknown key 'sinks'; it is a key of a function"},
        {"key of the file",
         LISTEN UPSTREAMS
         "functions:\n  f:\n    route: /f\n    upstream: faas\n    audit: { file: a }\n",
         7, 5, "/functions/f/audit: unknown key 'audit'; it stands at the file's left margin"},
        {"key of a function as a function",
         LISTEN UPSTREAMS
         "functions:\n  f:\n    route: /f\n    upstream: faas\n  allow: { issuer: corp }\n",
         7, 12,
         "/functions/allow/issuer: unknown key 'issuer'; what is above it is taken for a "
         "function's name: indent it further"},
        {"empty section", LISTEN UPSTREAMS "functions:\n", 3, 11,
         "/functions: expected a mapping "
         "from names to functions, read "
         "nothing"},
        {"empty mapping", LISTEN UPSTREAMS "functions: {}\n", 3, 12, "read an empty mapping"},
        {"list of functions", LISTEN UPSTREAMS "functions:\n  - route: /\n", 4, 3, "read a list"},
        {"key twice", LISTEN UPSTREAMS FUNCTIONS LISTEN, 4, 1,
         "'listen' is given twice in one "
         "mapping, first on line 1"},
        {"workers as text", LISTEN UPSTREAMS FUNCTIONS "workers: \"4\"\n", 4, 10,
         "/workers: expected a whole number from 0 to 1024, without quotes, read the text '4'"},
        {"workers as octal", LISTEN UPSTREAMS FUNCTIONS "workers: 04\n", 4, 10,
         "read the text '04'"},
        {"half a worker", LISTEN UPSTREAMS FUNCTIONS "workers: 1.5\n", 4, 10,
         "read the number 1.5"},
        {"negative", LISTEN UPSTREAMS FUNCTIONS "workers: -1\n", 4, 10, "read the number -1"},
        {"too many", LISTEN UPSTREAMS FUNCTIONS "workers: 5000\n", 4, 10, "read the number 5000"},
        {"size without unit", LISTEN UPSTREAMS FUNCTIONS "memory: 1048576\n", 4, 9,
         "read the number 1048576; add its unit"},
        {"size in MB", LISTEN UPSTREAMS FUNCTIONS "memory: 100MB\n", 4, 9,
         "expected a size such as 512B, 64KiB, 1MiB or 2GiB, read the text '100MB'"},
        {"size out of range", LISTEN UPSTREAMS FUNCTIONS "memory: 1B\n", 4, 9,
         "from 1MiB to 1024GiB, read '1B'"},
        {"time without unit", LISTEN UPSTREAMS FUNCTIONS "timeouts: { head: 30 }\n", 4, 19,
         "/timeouts/head: expected a duration such as 500ms, 30s, 5m, 24h or 7d, read the number "
         "30; add its unit"},
        {"time in base 60", LISTEN UPSTREAMS FUNCTIONS "timeouts: { head: 1:30 }\n", 4, 19,
         "read the text '1:30'"},
        {"time out of range", LISTEN UPSTREAMS FUNCTIONS "timeouts: { head: 2h }\n", 4, 19,
         "from 10ms to 1h, read '2h'"},
        {"rate without time", LISTEN UPSTREAMS FUNCTIONS "timeouts: { body_rate: 500B }\n", 4, 24,
         "expected a rate such as 500B/s"},
        {"audit without file", LISTEN UPSTREAMS FUNCTIONS "audit: { on_full: drop }\n", 4, 1,
         "/audit: the key 'file' is missing"},
        {"audit with another word",
         LISTEN UPSTREAMS FUNCTIONS "audit: { file: a, on_full: wait }\n", 4, 28,
         "expected drop or refuse, read the text 'wait'"},
        {"hash chain", LISTEN UPSTREAMS FUNCTIONS "audit: { file: a, chain: sha256 }\n", 4, 19,
         "/audit/chain: 'chain' is not supported yet"},
        {"one path to redact", LISTEN UPSTREAMS FUNCTIONS "audit: { file: a, redact: /b }\n", 4, 27,
         "expected a list of paths, such as [/card/number], read the text '/b'"},
    };
    check_rows("", rows, PEN_COUNT_OF(rows), "");
}

static void of_listeners(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"no list", "listen: { address: 127.0.0.1:1 }\n", 1, 9,
         "/listen: expected a list of listeners, each behind a '-', read a mapping"},
        {"empty list", "listen: []\n", 1, 9, "read an empty list"},
        {"no address", "listen: [{ plaintext: true }]\n", 1, 10, "'address' is missing"},
        {"a name", "listen: [{ address: localhost:80 }]\n", 1, 21, "numeric address"},
        {"unknown key", "listen: [{ address: 127.0.0.1:80, tsl: {} }]\n", 1, 35,
         "/listen/0/tsl: unknown key 'tsl'; did you mean 'tls'?"},
        {"in the clear", "listen: [{ address: 0.0.0.0:80 }]\n", 1, 21,
         "/listen/0/address: tokens would cross the network in the clear"},
        {"in the clear, spelled out wrongly", "listen: [{ address: 0.0.0.0:80, plaintext: yes }]\n",
         1, 44, "expected true or false, without quotes, read the text 'yes'"},
        {"plaintext and TLS",
         "listen:\n  - address: 0.0.0.0:80\n    plaintext: true\n    tls: { certificate: c, key: k "
         "}\n",
         3, 16, "contradicts 'tls'"},
        {"TLS without key", "listen: [{ address: 0.0.0.0:80, tls: { certificate: c } }]\n", 1, 33,
         "/listen/0/tls: the key 'key' is missing"},
        {"version as a number",
         "listen: [{ address: 0.0.0.0:80, tls: { certificate: c, key: k, min_version: 1.2 } }]\n",
         1, 77, "expected text, read the number 1.2; quote it: \"1.2\""},
        {"old version",
         "listen: [{ address: 0.0.0.0:80, tls: { certificate: c, key: k, min_version: \"1.1\" } "
         "}]\n",
         1, 77, "expected 1.2 or 1.3, read the text '1.1'"},
        {"certificate without quotes",
         "listen: [{ address: 0.0.0.0:80, tls: { certificate: 123, key: k } }]\n", 1, 53,
         "expected text, read the number 123; quote it"},
        {"file: before a file",
         "listen: [{ address: 0.0.0.0:80, tls: { certificate: \"file:c\", key: k } }]\n", 1, 53,
         "without file:"},
        {"client certificates without authority",
         "listen: [{ address: 0.0.0.0:80, tls: { certificate: c, key: k, client_auth: optional } "
         "}]\n",
         1, 77, "need a 'client_ca'"},
        {"a certificate twice",
         "listen:\n  - address: 0.0.0.0:80\n    tls: { certificates: [{ certificate: c, key: k }], "
         "key: k }\n",
         3, 56, "'certificates' is there already"},
        {"no certificate at all",
         "listen: [{ address: 0.0.0.0:80, tls: { min_version: \"1.3\" } }]\n", 1, 33,
         "the key 'certificate' is missing"},
        {"an empty list of certificates",
         "listen: [{ address: 0.0.0.0:80, tls: { certificates: [] } }]\n", 1, 54, "an empty list"},
        {"a certificate without key in a list",
         "listen: [{ address: 0.0.0.0:80, tls: { certificates: [{ certificate: c }] } }]\n", 1, 55,
         "the key 'key' is missing"},
        {"revocation without certificates",
         "listen: [{ address: 0.0.0.0:80, tls: { certificate: c, key: k, client_crl: l } }]\n", 1,
         64, "has no effect where callers show no certificate"},
        {"names of no kind",
         "listen:\n  - address: 0.0.0.0:80\n    tls: { certificate: c, key: k, client_ca: a,\n"
         "           client_names: [a.example] }\n",
         4, 27, "expected a kind and a name"},
        {"a name with a star too wide",
         "listen:\n  - address: 0.0.0.0:80\n    tls: { certificate: c, key: k, client_ca: a,\n"
         "           client_names: \"uri:spiffe://*\" }\n",
         4, 26, "behind a path"},
        {"no as client_auth",
         "listen: [{ address: 0.0.0.0:80, tls: { certificate: c, key: k, client_auth: no } }]\n", 1,
         77, "expected off, optional or required, read the text 'no'"},
        {"mode as a number", "listen: [{ address: unix:/a, mode: 0660 }]\n", 1, 36,
         "0660 without quotes is an octal number to some readers of YAML; quote it: \"0660\""},
        {"mode as a plain number", "listen: [{ address: unix:/a, mode: 660 }]\n", 1, 36,
         "read the number 660; quote it"},
        {"no mode", "listen: [{ address: unix:/a, mode: rw }]\n", 1, 36, "a mode such as"},
        {"mode with sticky bit", "listen: [{ address: unix:/a, mode: \"1660\" }]\n", 1, 36,
         "a mode such as"},
        {"mode of a port", "listen: [{ address: 127.0.0.1:1, mode: \"0660\" }]\n", 1, 34,
         "only a Unix socket has a mode"},
        {"same address twice", "listen:\n  - address: 127.0.0.1:1\n  - address: 127.0.0.1:1\n", 3,
         14, "/listen/0 has the same address"},
        {"same socket twice", "listen: [{ address: unix:/a }, { address: unix:/a }]\n", 1, 43,
         "/listen/0 has the same address"},
        {"admin for all", LISTEN "admin: { address: 0.0.0.0:9901 }\n", 2, 19,
         "needs no credential"},
        {"admin where callers are", LISTEN "admin: { address: 127.0.0.1:8080 }\n", 2, 19,
         "/listen/0 has the same address"},
        {"admin with TLS", LISTEN "admin: { address: 127.0.0.1:1, tls: {} }\n", 2, 32,
         "/admin/tls: unknown key 'tls'"},
    };
    check_rows("", rows, PEN_COUNT_OF(rows), UPSTREAMS FUNCTIONS);
}

static void of_issuers(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"no audience", "{ issuer: a, jwks: { file: k } }", 3, 3, "'audience' is missing"},
        {"no issuer", "{ audience: a, jwks: { file: k } }", 3, 3, "'issuer' is missing"},
        {"no keys", "{ issuer: a, audience: a }", 3, 3, "/issuers/i: the key 'jwks' is missing"},
        {"file and url", "{ issuer: a, audience: a, jwks: { file: k, url: https://h/ } }", 3, 32,
         "exactly one of 'file' and 'url'"},
        {"neither", "{ issuer: a, audience: a, jwks: {} }", 3, 32,
         "exactly one of 'file' and 'url'"},
        {"refresh of a file", "{ issuer: a, audience: a, jwks: { file: k, refresh: 5m } }", 3, 49,
         "'refresh' is for keys from a 'url' only"},
        {"refresh too often", "{ issuer: a, audience: a, jwks: { url: https://h, refresh: 1ms } }",
         3, 65, "from 1s to 1d, read '1ms'"},
        {"refresh of a fraction",
         "{ issuer: a, audience: a, jwks: { url: https://h, refresh: 1500ms } }", 3, 65,
         "expected whole seconds"},
        {"http off loopback", "{ issuer: a, audience: a, jwks: { url: http://h/k } }", 3, 45,
         "can sign any token"},
        {"a socket", "{ issuer: a, audience: a, jwks: { url: unix:/k } }", 3, 45, "https:// URL"},
        {"no URL", "{ issuer: a, audience: a, jwks: { url: h/k } }", 3, 45, "expected a URL"},
        {"algorithm none", "{ issuer: a, audience: a, algorithms: [none], jwks: { file: k } }", 3,
         45, "expected RS256, RS384"},
        {"lower case", "{ issuer: a, audience: a, algorithms: [es256], jwks: { file: k } }", 3, 45,
         "did you mean 'ES256'?"},
        {"no algorithm", "{ issuer: a, audience: a, algorithms: [], jwks: { file: k } }", 3, 44,
         "read an empty list"},
        {"one word", "{ issuer: a, audience: a, algorithms: ES256, jwks: { file: k } }", 3, 44,
         "expected a list of algorithms"},
        {"shared secret by URL",
         "{ issuer: a, audience: a, algorithms: [HS256], jwks: { url: https://h } }", 3, 44,
         "a shared secret from a jwks 'file'"},
        {"audience twice", "{ issuer: a, audience: [p, q, p], jwks: { file: k } }", 3, 36,
         "'p' stands twice in this list"},
        {"empty audience", "{ issuer: a, audience: \"\", jwks: { file: k } }", 3, 29,
         "read an empty one"},
        {"audience without quotes", "{ issuer: a, audience: on, jwks: { file: k } }", 3, 29,
         "on without quotes is true to some readers of YAML; quote it: \"on\""},
        {"audience true", "{ issuer: a, audience: true, jwks: { file: k } }", 3, 29,
         "expected text, read the boolean true; quote it: \"true\""},
        {"audience of nothing", "{ issuer: a, audience: , jwks: { file: k } }", 3, 29,
         "expected text or a list of texts, read nothing"},
        {"line break", "{ issuer: \"a\\nb\", audience: a, jwks: { file: k } }", 3, 16,
         "control character (a line break?) at byte 1"},
        {"clock far off", "{ issuer: a, audience: a, leeway: 1h, jwks: { file: k } }", 3, 40,
         "from 0ms to 10m, read '1h'"},
        {"profile", "{ issuer: a, audience: a, profile: rfc9086, jwks: { file: k } }", 3, 41,
         "did you mean 'rfc9068'?"},
        {"unset variable", "{ issuer: \"${PEN_UNSET}\", audience: a, jwks: { file: k } }", 3, 16,
         "the environment variable PEN_UNSET is not set"},
        {"no variable", "{ issuer: \"${a b}\", audience: a, jwks: { file: k } }", 3, 16,
         "'${a b}' is no reference"},
        {"open variable", "{ issuer: \"${A\", audience: a, jwks: { file: k } }", 3, 16,
         "is not closed"},
        {"file value where no file is read", "{ issuer: file:i, audience: a, jwks: { file: k } }",
         3, 16, "no file is read here"},
    };
    check_rows(LISTEN "issuers:\n  i: ", rows, PEN_COUNT_OF(rows), "\n" UPSTREAMS FUNCTIONS);
}

static void of_upstreams(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"no url", "{ timeout: 1s }", 3, 3, "'url' is missing"},
        {"in the clear", "{ url: http://fn.internal }", 3, 16, "events would cross the network"},
        {"plaintext and https", "{ url: https://h, plaintext: true }", 3, 38, "contradicts"},
        {"TLS and http", "{ url: http://127.0.0.1, tls: { ca: c } }", 3, 34, "needs an https://"},
        {"mTLS and a socket", "{ url: unix:/a, mtls: { certificate: c, key: k } }", 3, 25,
         "needs an https://"},
        {"tls beside mtls", "{ url: https://h, tls: {}, mtls: { certificate: c, key: k } }", 3, 27,
         "goes into it"},
        {"half an identity", "{ url: https://h, mtls: { certificate: c } }", 3, 27,
         "/upstreams/faas/mtls: the key 'key' is missing"},
        {"identity under tls", "{ url: https://h, tls: { certificate: c } }", 3, 34,
         "unknown key 'certificate'"},
        {"password", "{ url: https://me:secret@h }", 3, 16, "user or password"},
        {"query", "{ url: \"https://h/?a\" }", 3, 16, "query"},
        {"dots in the base", "{ url: https://h/a/../b }", 3, 16,
         "the path of the URL has a "
         "segment of dots"},
        {"template in the base", "{ url: \"https://h/{a}\" }", 3, 16, "the path of the URL"},
        {"pin", "{ url: https://h, tls: { pin: abc } }", 3, 39, "sha256// and 44 Base64"},
        {"server name", "{ url: https://h, tls: { server_name: \"a b\" } }", 3, 47,
         "the name in the certificate"},
        {"no connections", "{ url: https://h, connections: 0 }", 3, 40, "from 1 to 65535"},
        {"no mapping", "https://h", 3, 9, "expected a mapping, read the text 'https://h'"},
    };
    check_rows(LISTEN "upstreams:\n  faas: ", rows, PEN_COUNT_OF(rows), "\n" FUNCTIONS);
}

static void of_names(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"a number", "  404: { route: /f, upstream: faas }\n", 4, 3, "quote it: \"404\""},
        {"a boolean", "  true: { route: /f, upstream: faas }\n", 4, 3, "quote it: \"true\""},
        {"a trap", "  no: { route: /f, upstream: faas }\n", 4, 3,
         "the name no is no text to some readers of YAML; quote it: \"no\""},
        {"a space", "  a b: { route: /f, upstream: faas }\n", 4, 3, "the name 'a b' may have"},
        {"a slash", "  a/b: { route: /f, upstream: faas }\n", 4, 3, "/functions/a~1b: the name"},
        {"empty", "  \"\": { route: /f, upstream: faas }\n", 4, 3, "the name '' may have"},
        {"64 letters", "  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: {}\n",
         4, 3, "at most 63"},
    };
    check_rows(LISTEN UPSTREAMS "functions:\n", rows, PEN_COUNT_OF(rows), "");
}

static void of_callers(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"any", "allow: any", 8, 12,
         "expected a mapping with 'issuer', or the word anyone, read the text 'any'; did you mean "
         "'anyone'?"},
        {"an issuer without its key", "allow: corp", 8, 12,
         "expected a mapping with 'issuer', or the word anyone, read the text 'corp'"},
        {"true", "allow: true", 8, 12, "expected a mapping with 'issuer', or the word anyone"},
        {"nothing", "allow:", 8, 11, "read nothing"},
        {"empty", "allow: {}", 8, 5, "whose tokens count is not said"},
        {"scopes alone", "allow: { scopes: [a] }", 8, 5, "whose tokens count is not said"},
        {"anyone false", "allow: { anyone: false }", 8, 5, "whose tokens count is not said"},
        {"anyone with scopes", "allow: { anyone: true, scopes: [a] }", 8, 28,
         "'scopes' has no effect where anyone may call"},
        {"anyone with issuer", "allow: { anyone: true, issuer: corp }", 8, 28, "has no effect"},
        {"misspelt issuer", "allow: { issuer: crop }", 8, 22,
         "/functions/f/allow/issuer: no issuer is called 'crop'; did you mean 'corp'?"},
        {"second issuer unknown", "allow: { issuer: [corp, x] }", 8, 29, "no issuer is called 'x'"},
        {"rules about tokens without issuer", "allow: { certificate: any, scopes: [a] }", 8, 32,
         "'scopes' is about tokens"},
        {"anyone with a certificate", "allow: { anyone: true, certificate: any }", 8, 28,
         "'certificate' has no effect where anyone may call"},
        {"two of one iss", "allow: { issuer: [corp, same] }", 8, 29, "have the same 'issuer'"},
        {"scopes in one text", "allow: { issuer: corp, scopes: a b }", 8, 36,
         "a scope has no spaces"},
        {"claims as a list", "allow: { issuer: corp, claims: [tenant] }", 8, 36, "read a list"},
        {"claim as a number", "allow: { issuer: corp, claims: { level: 3 } }", 8, 45,
         "read the number 3; quote it"},
        {"claim with a trap", "allow: { issuer: corp, claims: { country: [SE, NO] } }", 8, 52,
         "NO without quotes is false to some readers"},
        {"claim pointer", "allow: { issuer: corp, claims: { \"/a~2\": x } }", 8, 38,
         "is no JSON Pointer"},
        {"claim without name", "allow: { issuer: corp, claims: { \"\": x } }", 8, 38,
         "a claim has no name"},
        {"scope for scopes", "allow: { issuer: corp, scope: [a] }", 8, 28,
         "unknown key 'scope'; did you mean 'scopes'?"},
        {"an origin with a scheme", "webhook: { origins: \"https://a.example\" }", 8, 25,
         "expected a host name, such as eventgrid.azure.net, or *"},
        {"second origin", "webhook: { origins: [a.example, \"a b\"] }", 8, 37, "a host name"},
        {"a rate for nobody", "webhook: { rate: 5 }", 8, 16, "a rate is told to 'origins'"},
        {"a rate of none", "webhook: { origins: a.example, rate: 0 }", 8, 42,
         "expected a whole number from 1 to 1000000, without quotes, read the number 0"},
        {"origin for origins", "webhook: { origin: a.example }", 8, 16, "did you mean 'origins'?"},
        {"SNS without topics", "allow: { webhook: aws.sns }", 8, 5, "anybody can have a topic"},
        {"another proof", "allow: { webhook: aws.sqs }", 8, 23, "expected aws.sns"},
        {"SNS with tokens", "allow: { webhook: aws.sns, issuer: corp }", 8, 14,
         "SNS brings no token"},
        {"SNS and anyone", "allow: { anyone: true, webhook: aws.sns }", 8, 28,
         "'webhook' has no effect where anyone may call"},
        {"half a name of a topic", "webhook: { topics: [/t, orders] }", 8, 29,
         "expected a whole name, as arn:aws:sns:... or /subscriptions/..., read the text 'orders'"},
        {"nowhere to connect to", "webhook: { topics: /t, connect: sns.internal }", 8, 37,
         "a host and a port"},
        {"no port", "webhook: { topics: /t, connect: \"a:0\" }", 8, 37, "a host and a port"},
        {"claims without issuer", "claims_to_headers: { X-A: a }", 8, 5, "there are no claims"},
        {"header with a space", "allow: { issuer: corp }\n    claims_to_headers: { \"X A\": a }", 9,
         26, "'X A' is no header name"},
        {"header with an underscore", "allow: { issuer: corp }\n    claims_to_headers: { X_A: a }",
         9, 26, "'X_A' is no header name"},
        {"framing", "allow: { issuer: corp }\n    claims_to_headers: { Content-length: a }", 9, 26,
         "belongs to HTTP or to the gateway"},
        {"hop-by-hop", "allow: { issuer: corp }\n    claims_to_headers: { TE: a }", 9, 26,
         "belongs to HTTP or to the gateway"},
        {"forwarded", "allow: { issuer: corp }\n    claims_to_headers: { X-Forwarded-User: a }", 9,
         26, "belongs to HTTP or to the gateway"},
        {"twice but for case", "allow: { issuer: corp }\n    claims_to_headers: { X-A: a, x-a: b }",
         9, 34, "'x-a' is given twice"},
    };
    check_rows("listen: [{ address: 127.0.0.1:8080 }]\n"
               "issuers:\n"
               "  corp: { issuer: a, audience: a, jwks: { file: k } }\n"
               "  same: { issuer: a, audience: b, jwks: { file: k } }\n" UPSTREAMS "functions:\n"
               "  f:\n"
               "    ",
               rows, PEN_COUNT_OF(rows), "\n    route: /f\n    upstream: faas\n");
}

static void of_two_functions_with_one_route(void **state)
{
    (void)state;
    const struct row rows[] = {
        {"the same", "  a: { route: /f, upstream: faas }\n  b: { route: /f, upstream: faas }\n", 5,
         15, "/functions/b/route: 'a' has this route already"},
        {"the same template",
         "  a: { route: \"/{x}\", upstream: faas }\n  b: { route: \"/{y}\", upstream: faas }\n", 5,
         15, "'a' has this route already"},
        {"the same host but for case",
         "  a: { route: /f, host: H, upstream: faas }\n  b: { route: /f, host: h, upstream: faas "
         "}\n",
         5, 15, "'a' has this route already, for the same host"},
    };
    check_rows(LISTEN UPSTREAMS "functions:\n", rows, PEN_COUNT_OF(rows), "");
}

static void secrets_are_not_repeated(void **state)
{
    (void)state;
    struct pen_config *config;
    struct pen_error err = {.text = ""};
    const char *const yaml = "listen: [{ address: \"${SECRET_FOR_TEST}\" }]\n" UPSTREAMS FUNCTIONS;
    assert_int_equal(setenv("SECRET_FOR_TEST", "hunter2", 1), 0);
    assert_int_equal(pen_config_parse(pen_str_from_c(yaml), PEN_S("/x"), &config, &err),
                     PEN_ERR_INVALID);
    assert_int_equal(unsetenv("SECRET_FOR_TEST"), 0);
    assert_null(strstr(err.text, "hunter2"));
    assert_int_equal(err.line, 1);
}

/* A key may be called `rate` and be a number all the same. */
static void asks_for_no_unit_where_a_number_is_wanted(void **state)
{
    (void)state;
    const struct pen_config_options options = {.look_at_files = false};
    struct pen_config *config = NULL;
    struct pen_error err = {.text = ""};
    assert_int_equal(pen_config_parse_with(PEN_S(LISTEN UPSTREAMS
                                                 "functions: { f: { route: /f, upstream: faas, "
                                                 "webhook: { origins: a.example, rate: 0 } } }\n"),
                                           PEN_S("/x"), &options, &config, &err),
                     PEN_ERR_INVALID);
    assert_string_equal(err.text,
                        "/functions/f/webhook/rate: expected a whole number from 1 to 1000000, "
                        "without quotes, read the number 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_the_top_level),
        cmocka_unit_test(of_listeners),
        cmocka_unit_test(of_issuers),
        cmocka_unit_test(of_upstreams),
        cmocka_unit_test(of_names),
        cmocka_unit_test(of_callers),
        cmocka_unit_test(of_two_functions_with_one_route),
        cmocka_unit_test(asks_for_no_unit_where_a_number_is_wanted),
        cmocka_unit_test(secrets_are_not_repeated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
