/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/ip.h"

#include <arpa/inet.h>

#define IP_MAX_LENGTH 63 /* longer text is no address */

static const guint8 mapped[12] = {[10] = 0xff, [11] = 0xff};

/* ---- addresses ---- */

static bool is_ipv4(const struct ip *ip)
{
	return memcmp(ip->bytes, mapped, sizeof mapped) == 0;
}

static bool read_address(const char *text, struct ip *ip)
{
	if (inet_pton(AF_INET6, text, ip->bytes) == 1)
		return true;
	memcpy(ip->bytes, mapped, sizeof mapped);
	return inet_pton(AF_INET, text, ip->bytes + sizeof mapped) == 1;
}

/* What stands in the brackets, or the text itself. */
static struct span without_brackets(struct span text)
{
	const char *end;

	if (!text.len || text.ptr[0] != '[')
		return text;
	end = memchr(text.ptr, ']', text.len);
	return end ? (struct span){text.ptr + 1, (size_t)(end - text.ptr) - 1} : SPAN_NONE;
}

bool ip_parse(struct span text, struct ip *ip)
{
	char address[IP_MAX_LENGTH + 1];

	text = without_brackets(text);
	if (text.len > 5 && g_ascii_strncasecmp(text.ptr, "IPv6:", 5) == 0)
		text = (struct span){text.ptr + 5, text.len - 5};
	if (!text.len || text.len > IP_MAX_LENGTH || memchr(text.ptr, '\0', text.len))
		return false;
	memcpy(address, text.ptr, text.len);
	address[text.len] = '\0';
	if (strchr(address, ':'))
		address[strcspn(address, "%")] = '\0';
	return read_address(address, ip);
}

bool ip_equal(const struct ip *a, const struct ip *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

char *ip_format(const struct ip *ip)
{
	char text[INET6_ADDRSTRLEN];

	if (is_ipv4(ip))
		inet_ntop(AF_INET, ip->bytes + sizeof mapped, text, sizeof text);
	else
		inet_ntop(AF_INET6, ip->bytes, text, sizeof text);
	return g_strdup(text);
}

/* ---- networks ---- */

bool ip_network_parse(struct span text, struct ip_network *network)
{
	const char *slash = text.len ? memchr(text.ptr, '/', text.len) : NULL;
	struct span address = {text.ptr, slash ? (size_t)(slash - text.ptr) : text.len};
	unsigned offset, bits = 0;

	if (!ip_parse(address, &network->first))
		return false;
	offset = is_ipv4(&network->first) && !memchr(address.ptr, ':', address.len) ? 96 : 0;
	network->bits = 128;
	if (!slash)
		return true;
	if (++slash == text.ptr + text.len)
		return false;
	for (; slash < text.ptr + text.len; slash++) {
		if (!g_ascii_isdigit(*slash) || (bits = bits * 10 + (unsigned)(*slash - '0')) > 128)
			return false;
	}
	network->bits = offset + bits;
	return network->bits <= 128;
}

bool ip_network_holds(const struct ip_network *network, const struct ip *ip)
{
	unsigned whole = network->bits / 8, rest = network->bits % 8;

	if (memcmp(network->first.bytes, ip->bytes, whole) != 0)
		return false;
	return !rest || (network->first.bytes[whole] ^ ip->bytes[whole]) >> (8 - rest) == 0;
}

/* ---- special addresses ---- */

static bool is_special(const struct ip *ip)
{
	static const char *const networks[] = {
		"0.0.0.0/8",
		"10.0.0.0/8",
		"100.64.0.0/10",
		"127.0.0.0/8",
		"169.254.0.0/16",
		"172.16.0.0/12",
		"192.168.0.0/16",
		"224.0.0.0/3",
		"::/127",
		"fc00::/7",
		"fe80::/9", /* link-local, and site-local as it once was */
		"ff00::/8",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(networks); i++) {
		struct ip_network network;

		if (ip_network_parse(span_from(networks[i]), &network) &&
			ip_network_holds(&network, ip))
			return true;
	}
	return false;
}

/* The IPv4 address in a 6to4 address (RFC 3056), which some write for a private one. */
static bool is_6to4(const struct ip *ip, struct ip *inner)
{
	if (ip->bytes[0] != 0x20 || ip->bytes[1] != 0x02)
		return false;
	memcpy(inner->bytes, mapped, sizeof mapped);
	memcpy(inner->bytes + sizeof mapped, ip->bytes + 2, 4);
	return true;
}

bool ip_is_public(const struct ip *ip)
{
	struct ip inner;

	return !is_special(is_6to4(ip, &inner) ? &inner : ip);
}
