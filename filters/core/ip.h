/**
 * Addresses as RFCs spell them: one spelling of IPv4, all those of IPv6 that RFC 4291 knows.
 *
 * This is what a format or a URI admits. What clients take for an address beyond that (127.1,
 * 0x7f.1, 2130706433) is read by filters/ssrf_host.h, which looks for disguise. Linear, no
 * memory; any thread.
 */
#ifndef PEN_CORE_IP_H
#define PEN_CORE_IP_H

#include "filters/core/str.h"

/** Four decimal numbers of 0 to 255 without leading zeros. Source: RFC 3986, IPv4address. */
bool pen_ip_is_v4(struct pen_str text);

/** Without brackets and zone. Source: RFC 4291 section 2.2; RFC 3986, IPv6address. */
bool pen_ip_is_v6(struct pen_str text);

#endif
