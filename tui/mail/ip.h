/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * IP addresses and networks as mail headers and rulesets write them.
 */
#ifndef ESPIAL_TUI_MAIL_IP_H
#define ESPIAL_TUI_MAIL_IP_H

#include "rules/span.h"

/* IPv4 is kept as its mapped IPv6 address, so that the two ways to write one are equal. */
struct ip {
	guint8 bytes[16];
};

struct ip_network {
	struct ip first;
	unsigned bits; /* of the 128 */
};

/* `192.0.2.1`, `2001:db8::1`; also in brackets, behind `IPv6:`, with a zone (`fe80::1%3`) or, where
 * it is in brackets, with a port (`[192.0.2.1]:25`). Returns false for anything else. */
bool ip_parse(struct span text, struct ip *ip);
bool ip_equal(const struct ip *a, const struct ip *b);
/* IPv4 in dotted decimal; the caller frees it with g_free(). */
char *ip_format(const struct ip *ip);

/* Whether the address can be one host's on the internet: not private (RFC 1918, RFC 4193), shared
 * (RFC 6598), loopback, link-local, multicast or reserved, nor a 6to4 address of one that is.
 * Addresses for documentation count as public. */
bool ip_is_public(const struct ip *ip);

/* `192.0.2.0/24`, `2001:db8::/32`; an address is a network of one. Bits of the host are ignored. */
bool ip_network_parse(struct span text, struct ip_network *network);
bool ip_network_holds(const struct ip_network *network, const struct ip *ip);

#endif
