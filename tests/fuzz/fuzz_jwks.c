/**
 * Any bytes as a key set: refused with a sentence that can be logged, or a set that keeps what its
 * header promises, and the same one each time.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/auth/key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) abort();
}

/* Foreign text in it must not end a log line or move a terminal's cursor. */
static void require_loggable(const struct pen_error *err)
{
    require(memchr(err->text, '\0', sizeof(err->text)) != NULL);
    for (const char *c = err->text; *c != '\0'; c++) {
        require((unsigned char)*c >= 0x20 && *c != 0x7f);
    }
}

static void check_set(const struct pen_keyset *set, const struct pen_keyset_notes *notes,
                      uint32_t allowed)
{
    const struct pen_str no_kid = {NULL, 0};
    require(pen_keyset_count(set) == notes->used && notes->used >= 1 && notes->used <= 64);
    for (uint32_t bit = 1; bit <= (uint32_t)PEN_JWS_HS512; bit <<= 1) {
        const struct pen_key *const key = pen_keyset_find(set, no_kid, (enum pen_jws_alg)bit);
        if (key == NULL) continue;

        require((key->algorithms & bit) != 0 && (key->algorithms & ~allowed) == 0);
        require((key->public_key == NULL) != (key->secret == NULL));
        const bool mac = (bit & PEN_JWS_HMAC) != 0;
        require(mac == (key->secret != NULL));
        require(!mac || key->secret_len >= 32);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct pen_str document = {(const char *)data, size};
    const uint32_t allowed[] = {UINT32_MAX, (uint32_t)PEN_JWS_ES256 | (uint32_t)PEN_JWS_HS256};
    for (size_t i = 0; i < PEN_COUNT_OF(allowed); i++) {
        struct pen_keyset *set = NULL;
        struct pen_keyset *again = NULL;
        struct pen_keyset_notes notes;
        struct pen_error err = {.text = ""};
        const enum pen_status status = pen_keyset_parse(document, allowed[i], &set, &notes, &err);
        require(pen_keyset_parse(document, allowed[i], &again, NULL, NULL) == status);
        if (status == PEN_OK) {
            check_set(set, &notes, allowed[i]);
            require(pen_keyset_count(again) == pen_keyset_count(set));
        } else {
            require(set == NULL && again == NULL && err.text[0] != '\0');
            require_loggable(&err);
        }
        if (notes.skipped > 0) require_loggable(&notes.first_skipped);
        pen_keyset_release(set);
        pen_keyset_release(again);
    }
    return 0;
}
