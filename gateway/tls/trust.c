/** OpenSSL's store, filled and told how to judge. */
#include "gateway/tls/trust.h"

enum pen_status pen_tls_trust(X509_STORE *store, const struct stack_st_X509 *authorities,
                              const struct stack_st_X509_CRL *lists)
{
    for (int i = 0; i < sk_X509_num(authorities); i++) {
        if (X509_STORE_add_cert(store, sk_X509_value(authorities, i)) != 1) return PEN_ERR_NOMEM;
    }
    for (int i = 0; i < sk_X509_CRL_num(lists); i++) {
        if (X509_STORE_add_crl(store, sk_X509_CRL_value(lists, i)) != 1) return PEN_ERR_NOMEM;
    }
    unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;
    if (lists != NULL) flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
    return X509_STORE_set_flags(store, flags) == 1 ? PEN_OK : PEN_ERR_NOMEM;
}

int pen_tls_trust_judge(int good, X509_STORE_CTX *chain)
{
    return good == 1
           || (X509_STORE_CTX_get_error(chain) == X509_V_ERR_UNABLE_TO_GET_CRL
               && X509_STORE_CTX_get_error_depth(chain) > 0);
}

int64_t pen_tls_trust_lists_until(const struct stack_st_X509_CRL *lists)
{
    int64_t until_s = INT64_MAX;
    for (int i = 0; i < sk_X509_CRL_num(lists); i++) {
        const ASN1_TIME *const next = X509_CRL_get0_nextUpdate(sk_X509_CRL_value(lists, i));
        if (next != NULL && pen_pem_time(next) < until_s) until_s = pen_pem_time(next);
    }
    return until_s;
}
