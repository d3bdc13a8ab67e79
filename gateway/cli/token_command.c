/** Options and words around gateway/auth/mint.h. */
#include "gateway/cli/token_command.h"

#include <stdio.h>

#include "gateway/auth/mint.h"
#include "gateway/cli/options.h"
#include "gateway/clock.h"
#include "gateway/config/units.h"

#define DEFAULT_FOLDER   "certs/dev"
#define DEFAULT_KEY      DEFAULT_FOLDER "/" PEN_MINT_KEY_FILE
#define DEFAULT_ISSUER   "https://issuer.dev.invalid/"
#define DEFAULT_AUDIENCE "functions"
#define DEFAULT_SUBJECT  "developer"
#define DEFAULT_LIFE_S   3600
#define MAX_CLAIMS       64
#define MAX_AUDIENCES    16
#define SCRATCH          ((size_t)1 << 20)

static const char help[] =
    "penstock token [OPTION...]                   prints a signed token\n"
    "penstock token --init [--alg ALG] [DIR]      makes a key and its key set\n"
    "\n"
    "Keys: --init writes into DIR (default " DEFAULT_FOLDER ", where the examples in conf/ look)\n"
    "  " PEN_MINT_KEY_FILE "  the private key, PEM, not encrypted, readable by you alone\n"
    "  " PEN_MINT_SET_FILE "    its public half, for the gateway     issuers: jwks: { file: ... }\n"
    "\n"
    "      --init            make them; --new-keys DIR is the same\n"
    "  -a, --alg ALG         RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512 or\n"
    "                        EdDSA; default ES256 for a new key, else what is usual for the\n"
    "                        key: for RSA RS256, so PS256 is said each time\n"
    "  -k, --kid KID         name of the key; default its thumbprint (RFC 7638)\n"
    "  -f, --force           replace files that are there\n"
    "\n"
    "Tokens: signed with the key made above, good for the issuer `dev` of the examples.\n"
    "\n"
    "      --key FILE        private key, PEM; default " DEFAULT_KEY "\n"
    "  -i, --issuer URL      default " DEFAULT_ISSUER "\n"
    "  -A, --audience NAME   repeat for more; default " DEFAULT_AUDIENCE "\n"
    "  -s, --subject NAME    default " DEFAULT_SUBJECT "\n"
    "  -S, --scope 'A B'     scopes, separated by spaces\n"
    "  -c, --claim NAME=TEXT a claim with this text; NAME:=JSON for a number, list or object\n"
    "  -e, --expires-in T    30s, 5m, 1h, 7d; default 1h\n"
    "  -t, --typ TYPE        header typ; default JWT; at+jwt for issuers of profile rfc9068\n"
    "  -h, --help            this text\n"
    "\n"
    "Try it:\n"
    "  penstock token --init\n"
    "  TOKEN=$(penstock token --scope orders:write --claim tenant=acme --claim level:=3)\n"
    "  curl -H \"Authorization: Bearer $TOKEN\" ...\n"
    "Whoever has the private key can be anyone: it is for development, not for production.\n"
    "Exit status: 0 made, 1 not made, 2 used wrongly.\n";

struct wish {
    bool init;
    bool replace;
    const char *folder;
    const char *key;
    enum pen_jws_alg alg; /* PEN_JWS_NONE_KNOWN = not said */
    uint64_t life_ms;
    struct pen_mint_request request;
    struct pen_str audiences[MAX_AUDIENCES];
    struct pen_mint_claim claims[MAX_CLAIMS];
};

static int complain(const char *what, const char *value)
{
    fprintf(stderr, "penstock token: %s '%s'; see: penstock token --help\n", what, value);
    return 2;
}

static int fail(const struct pen_error *err)
{
    fprintf(stderr, "penstock token: %s\n", err->text[0] != '\0' ? err->text : "out of memory");
    return 1;
}

static int make_keys(const struct wish *wish)
{
    struct pen_error err = {.text = ""};
    const enum pen_jws_alg alg = wish->alg != PEN_JWS_NONE_KNOWN ? wish->alg : PEN_JWS_ES256;
    struct pen_signer *signer;
    enum pen_status status = pen_signer_generate(alg, &signer);
    if (status != PEN_OK) {
        pen_error_set(&err, "no key could be made: %s", pen_status_name(status));
        return fail(&err);
    }
    status = pen_mint_write_keys(signer, pen_str_from_c(wish->folder), wish->request.kid,
                                 wish->replace, &err);
    pen_signer_destroy(signer);
    if (status != PEN_OK) return fail(&err);

    printf("%s: " PEN_MINT_KEY_FILE " (private, %s) and " PEN_MINT_SET_FILE "\n", wish->folder,
           pen_jws_alg_name(alg));
    return fflush(stdout) == 0 ? 0 : 1;
}

/* The name under which --init puts the key into the set. */
static enum pen_status default_kid(const struct pen_signer *signer, struct pen_arena *arena,
                                   struct pen_str *out)
{
    char memory[64];
    struct pen_buf kid = pen_buf_over(memory, sizeof(memory));
    PEN_TRY(pen_signer_thumbprint(signer, &kid));
    return pen_arena_copy(arena, pen_buf_str(&kid), out);
}

static enum pen_status sign(struct wish *wish, const struct pen_signer *signer,
                            struct pen_arena *arena, struct pen_str *token, struct pen_error *err)
{
    struct pen_mint_request *const request = &wish->request;
    if (request->kid.len == 0) PEN_TRY(default_kid(signer, arena, &request->kid));
    request->issued_at = pen_clock_unix_s();
    request->expires_at = request->issued_at + (int64_t)(wish->life_ms / 1000);
    return pen_mint_token(signer, request, arena, token, err);
}

static int make_token(struct wish *wish)
{
    struct pen_error err = {.text = ""};
    struct pen_signer *signer;
    if (pen_signer_load(pen_str_from_c(wish->key), wish->alg, &signer, &err) != PEN_OK) {
        return fail(&err);
    }
    struct pen_arena *arena;
    struct pen_str token;
    enum pen_status status = pen_arena_create(SCRATCH, 8192, &arena);
    if (status != PEN_OK) {
        pen_signer_destroy(signer);
        return fail(&err);
    }
    status = sign(wish, signer, arena, &token, &err);
    const bool printed =
        status == PEN_OK && printf("%.*s\n", PEN_STR_ARGS(token)) > 0 && fflush(stdout) == 0;
    pen_arena_destroy(arena);
    pen_signer_destroy(signer);
    if (status != PEN_OK) return fail(&err);
    return printed ? 0 : 1;
}

static int read_alg(struct wish *wish, const char *name)
{
    const enum pen_jws_alg alg = pen_jws_alg_named(pen_str_from_c(name));
    const uint32_t secrets =
        (uint32_t)PEN_JWS_HS256 | (uint32_t)PEN_JWS_HS384 | (uint32_t)PEN_JWS_HS512;
    if (alg == PEN_JWS_NONE_KNOWN) return complain("no algorithm of ours is called", name);
    if (((uint32_t)alg & secrets) != 0) {
        return complain("a secret shared with the gateway proves nobody; made by hand only:", name);
    }
    wish->alg = alg;
    return 0;
}

static int read_life(struct wish *wish, const char *text)
{
    if (pen_units_duration(pen_str_from_c(text), &wish->life_ms) != PEN_OK || wish->life_ms < 1000
        || wish->life_ms / 1000 > UINT32_MAX) {
        return complain("no time such as 30s, 5m, 1h or 7d:", text);
    }
    return 0;
}

static int read_claim(struct wish *wish, const char *text)
{
    const struct pen_str whole = pen_str_from_c(text);
    const size_t sign_at = pen_str_find(whole, '=', 0);
    const bool json = sign_at > 0 && sign_at < whole.len && whole.ptr[sign_at - 1] == ':';
    const size_t name_len = json ? sign_at - 1 : sign_at;
    if (sign_at == whole.len || name_len == 0) return complain("no NAME=TEXT:", text);
    if (wish->request.claim_count == MAX_CLAIMS) return complain("one claim too many:", text);

    wish->claims[wish->request.claim_count++] = (struct pen_mint_claim){
        .name = pen_str_slice(whole, 0, name_len),
        .value = pen_str_slice(whole, sign_at + 1, whole.len),
        .json = json,
    };
    return 0;
}

static int read_audience(struct wish *wish, const char *text)
{
    if (wish->request.audience_count == MAX_AUDIENCES) {
        return complain("one audience too many:", text);
    }
    wish->audiences[wish->request.audience_count++] = pen_str_from_c(text);
    return 0;
}

enum { OPTION_INIT = 256, OPTION_NEW_KEYS, OPTION_KEY };

/* 0, or the exit status. */
static int read_option(struct wish *wish, int option, const char *value)
{
    switch (option) {
    case OPTION_NEW_KEYS:
        wish->folder = value;
        wish->init = true;
        return 0;
    case OPTION_INIT:
        wish->init = true;
        return 0;
    case OPTION_KEY:
        wish->key = value;
        return 0;
    case 'a':
        return read_alg(wish, value);
    case 'k':
        wish->request.kid = pen_str_from_c(value);
        return 0;
    case 'f':
        wish->replace = true;
        return 0;
    case 'i':
        wish->request.issuer = pen_str_from_c(value);
        return 0;
    case 'A':
        return read_audience(wish, value);
    case 's':
        wish->request.subject = pen_str_from_c(value);
        return 0;
    case 'S':
        wish->request.scope = pen_str_from_c(value);
        return 0;
    case 'c':
        return read_claim(wish, value);
    case 'e':
        return read_life(wish, value);
    case 't':
        wish->request.typ = pen_str_from_c(value);
        return 0;
    default:
        return 2;
    }
}

int pen_cli_token(int argc, char **argv)
{
    static const struct option options[] = {
        {"init", no_argument, NULL, OPTION_INIT},
        {"new-keys", required_argument, NULL, OPTION_NEW_KEYS},
        {"key", required_argument, NULL, OPTION_KEY},
        {"alg", required_argument, NULL, 'a'},
        {"kid", required_argument, NULL, 'k'},
        {"force", no_argument, NULL, 'f'},
        {"issuer", required_argument, NULL, 'i'},
        {"audience", required_argument, NULL, 'A'},
        {"subject", required_argument, NULL, 's'},
        {"scope", required_argument, NULL, 'S'},
        {"claim", required_argument, NULL, 'c'},
        {"expires-in", required_argument, NULL, 'e'},
        {"typ", required_argument, NULL, 't'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct wish wish = {
        .folder = DEFAULT_FOLDER,
        .key = DEFAULT_KEY,
        .life_ms = (uint64_t)DEFAULT_LIFE_S * 1000,
        .request = {.issuer = PEN_S(DEFAULT_ISSUER), .subject = PEN_S(DEFAULT_SUBJECT)},
    };
    wish.request.audiences = wish.audiences;
    wish.request.claims = wish.claims;
    for (int option;
         (option = pen_option_next(argc, argv, ":a:k:fi:A:s:S:c:e:t:h", options)) != -1;) {
        if (option == 'h') return fputs(help, stdout) == EOF ? 2 : 0;

        const int status = read_option(&wish, option, optarg);
        if (status != 0) return status;
    }
    if (wish.init && optind < argc) wish.folder = argv[optind++];
    if (optind < argc) return complain("there is no use for", argv[optind]);
    if (wish.init) return make_keys(&wish);

    if (wish.request.audience_count == 0) {
        wish.audiences[wish.request.audience_count++] = PEN_S(DEFAULT_AUDIENCE);
    }
    return make_token(&wish);
}
