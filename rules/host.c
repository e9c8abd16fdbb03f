/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/host.h"

#include "rules/domain.h"
#include "rules/escape.h"

#include <stdint.h>

enum host_byte {
	DOMAIN_BAD = 1 << 0, /* a forbidden domain code point */
	OPAQUE_BAD = 1 << 1, /* a forbidden host code point */
	NOT_PLAIN = 1 << 2,  /* needs decoding or IDNA */
	UPPER = 1 << 3,      /* needs lower-casing */
};

#define BAD (DOMAIN_BAD | OPAQUE_BAD)

static const uint8_t host_bytes[256] = {
	[0x00] = BAD,
	[0x01 ... 0x08] = DOMAIN_BAD,
	['\t'] = BAD,
	['\n'] = BAD,
	[0x0b ... 0x0c] = DOMAIN_BAD,
	['\r'] = BAD,
	[0x0e ... 0x1f] = DOMAIN_BAD,
	[' '] = BAD,
	['#'] = BAD,
	['%'] = NOT_PLAIN,
	['/'] = BAD,
	[':'] = BAD,
	['<'] = BAD,
	['>'] = BAD,
	['?'] = BAD,
	['@'] = BAD,
	['A' ... 'Z'] = UPPER,
	['['] = BAD,
	['\\'] = BAD,
	[']'] = BAD,
	['^'] = BAD,
	['|'] = BAD,
	[0x7f] = DOMAIN_BAD,
	[0x80 ... 0xff] = NOT_PLAIN,
};

/* The union of the host_byte flags of the text. */
static unsigned host_flags(struct span text)
{
	unsigned flags = 0;

	for (size_t i = 0; i < text.len; i++)
		flags |= host_bytes[(uint8_t)text.ptr[i]];
	return flags;
}

/* One part of an IPv4 address: decimal, 0octal or 0xhex. False where it is no number; a number too
 * big for any address is read as UINT64_MAX. */
static bool ipv4_number(struct span part, uint64_t *number)
{
	unsigned base = 10;

	if (part.len == 0)
		return false;
	if (part.len >= 2 && part.ptr[0] == '0') {
		base = (part.ptr[1] | 0x20) == 'x' ? 16 : 8;
		part.ptr += base == 16 ? 2 : 1;
		part.len -= base == 16 ? 2 : 1;
	}
	*number = 0;
	for (size_t i = 0; i < part.len; i++) {
		int digit = g_ascii_xdigit_value(part.ptr[i]);

		if (digit < 0 || (unsigned)digit >= base)
			return false;
		if (*number > UINT32_MAX)
			*number = UINT64_MAX;
		else
			*number = *number * base + digit;
	}
	return true;
}

static bool all_digits(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!g_ascii_isdigit(text.ptr[i]))
			return false;
	}
	return true;
}

static struct span without_trailing_dot(struct span host)
{
	if (host.len > 0 && host.ptr[host.len - 1] == '.')
		host.len--;
	return host;
}

/* Whether a domain has to be read as an IPv4 address (§3.5, "ends in a number"). */
static bool ends_in_number(struct span host)
{
	host = without_trailing_dot(host);
	const char *dot = memrchr(host.ptr, '.', host.len);
	const char *start = dot ? dot + 1 : host.ptr;
	struct span last = {start, host.ptr + host.len - start};
	uint64_t number;

	if (last.len == 0 || !g_ascii_isdigit(last.ptr[0]))
		return false;
	return all_digits(last) || ipv4_number(last, &number);
}

static bool ipv4_parse(struct span host, uint32_t *address)
{
	uint64_t numbers[4] = {0};
	unsigned count = 0;

	host = without_trailing_dot(host);
	for (const char *at = host.ptr, *end = at + host.len, *dot; at <= end; at = dot + 1) {
		dot = memchr(at, '.', end - at);
		dot = dot ? dot : end;
		if (count == 4 || !ipv4_number((struct span){at, dot - at}, &numbers[count++]))
			return false;
	}
	*address = 0;
	for (unsigned i = 0; i + 1 < count; i++) {
		if (numbers[i] > 255)
			return false;
		*address |= numbers[i] << (24 - 8 * i);
	}
	if (numbers[count - 1] >= (uint64_t)1 << (8 * (5 - count)))
		return false;
	*address |= numbers[count - 1];
	return true;
}

static void ipv4_append(struct outbuf *out, uint32_t address)
{
	char text[16];
	int len = g_snprintf(text, sizeof text, "%u.%u.%u.%u", address >> 24, address >> 16 & 255,
		address >> 8 & 255, address & 255);

	outbuf_bytes(out, text, len);
}

/* The dotted decimal tail of an IPv6 address: exactly four parts without leading zeros. */
static bool ipv6_ipv4_tail(struct span tail, uint16_t pieces[2])
{
	unsigned bytes[4], count = 0;
	size_t at = 0;

	for (; count < 4; count++) {
		size_t start = at;

		if (count > 0 && (at == tail.len || tail.ptr[at++] != '.'))
			return false;
		start = at;
		bytes[count] = 0;
		while (at < tail.len && g_ascii_isdigit(tail.ptr[at]) && bytes[count] <= 255)
			bytes[count] = bytes[count] * 10 + (tail.ptr[at++] - '0');
		if (at == start || bytes[count] > 255 || (at - start > 1 && tail.ptr[start] == '0'))
			return false;
	}
	pieces[0] = bytes[0] << 8 | bytes[1];
	pieces[1] = bytes[2] << 8 | bytes[3];
	return at == tail.len;
}

/* Up to four hex digits at `*at`; returns how many there were. */
static size_t ipv6_piece(struct span text, size_t *at, uint16_t *piece)
{
	size_t start = *at;

	*piece = 0;
	while (*at < text.len && *at - start < 4 && g_ascii_isxdigit(text.ptr[*at]))
		*piece = *piece << 4 | g_ascii_xdigit_value(text.ptr[(*at)++]);
	return *at - start;
}

/* Reads the pieces of an address without its brackets. `::` takes one piece; `*compress` is then
 * the index of the piece after it. */
static bool ipv6_pieces(struct span text, uint16_t pieces[8], unsigned *count, unsigned *compress)
{
	size_t at = 0;

	if (text.len > 0 && text.ptr[0] == ':') {
		if (text.len < 2 || text.ptr[1] != ':')
			return false;
		at = 2;
		*compress = ++*count;
	}
	while (at < text.len) {
		struct span rest = {text.ptr + at, text.len - at};

		if (*count == 8)
			return false;
		if (text.ptr[at] == ':') {
			if (*compress > 0)
				return false;
			at++;
			*compress = ++*count;
			continue;
		}
		size_t digits = ipv6_piece(text, &at, &pieces[*count]);
		if (at < text.len && text.ptr[at] == '.') {
			if (digits == 0 || *count > 6 || !ipv6_ipv4_tail(rest, pieces + *count))
				return false;
			*count += 2;
			return true;
		}
		++*count;
		if (at < text.len && (text.ptr[at++] != ':' || at == text.len))
			return false;
	}
	return true;
}

static bool ipv6_parse(struct span text, uint16_t pieces[8])
{
	unsigned count = 0, compress = 0;

	if (!ipv6_pieces(text, pieces, &count, &compress))
		return false;
	if (compress == 0)
		return count == 8;
	unsigned tail = count - compress;
	memmove(pieces + 8 - tail, pieces + compress, tail * sizeof pieces[0]);
	memset(pieces + compress, 0, (8 - count) * sizeof pieces[0]);
	return true;
}

/* The first longest run of at least two zero pieces; returns its length, 0 for none. */
static unsigned ipv6_zero_run(const uint16_t pieces[8], unsigned *start)
{
	unsigned best = 1;

	*start = 8;
	for (unsigned i = 0, run = 0; i < 8; i++) {
		run = pieces[i] == 0 ? run + 1 : 0;
		if (run > best) {
			best = run;
			*start = i + 1 - run;
		}
	}
	return *start < 8 ? best : 0;
}

static void ipv6_append(struct outbuf *out, const uint16_t pieces[8])
{
	unsigned start;
	unsigned run = ipv6_zero_run(pieces, &start);

	outbuf_char(out, '[');
	for (unsigned i = 0; i < 8; i++) {
		char text[8];

		if (i == start) {
			outbuf_bytes(out, "::", i == 0 ? 2 : 1);
			i += run - 1;
			continue;
		}
		int len = g_snprintf(text, sizeof text, i < 7 ? "%x:" : "%x", pieces[i]);
		outbuf_bytes(out, text, len);
	}
	outbuf_char(out, ']');
}

static bool has_punycode(struct span host)
{
	if (!memchr(host.ptr, '-', host.len))
		return false;
	for (size_t i = 0; i + 4 <= host.len; i++) {
		if ((i == 0 || host.ptr[i - 1] == '.') && memcmp(host.ptr + i, "xn--", 4) == 0)
			return true;
	}
	return false;
}

/* What is common to all domains: `host` is what was appended from `start` on. */
static bool finish_domain(
	struct outbuf *out, size_t start, enum url_host_kind *kind, unsigned *quirks)
{
	struct span host = {out->data + start, out->len - start};
	uint32_t address;

	*kind = URL_HOST_DOMAIN;
	if (host.len == 0)
		return false;
	if (has_punycode(host))
		*quirks |= URL_QUIRK_IDN;
	if (!ends_in_number(host))
		return true;
	if (!ipv4_parse(host, &address))
		return false;
	*kind = URL_HOST_IPV4;
	g_autofree char *written = span_dup(host);
	out->len = start;
	ipv4_append(out, address);
	if (strlen(written) != out->len - start ||
		memcmp(written, out->data + start, out->len - start) != 0)
		*quirks |= URL_QUIRK_NUMERIC_HOST;
	return true;
}

static void percent_decode(struct span text, struct outbuf *out)
{
	outbuf_reserve(out, text.len);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '%' && i + 2 < text.len && g_ascii_isxdigit(text.ptr[i + 1]) &&
			g_ascii_isxdigit(text.ptr[i + 2])) {
			c = g_ascii_xdigit_value(text.ptr[i + 1]) << 4 |
			    g_ascii_xdigit_value(text.ptr[i + 2]);
			i += 2;
		}
		outbuf_char(out, c);
	}
}

/* A domain with percent-encoded or other than ASCII bytes. */
static bool append_encoded_domain(struct span text, struct outbuf *out, unsigned *quirks)
{
	struct outbuf decoded;

	outbuf_init(&decoded);
	percent_decode(text, &decoded);
	struct span domain = {decoded.data, decoded.len};
	g_autofree char *ascii = domain_to_ascii(domain);
	if (decoded.len != text.len)
		*quirks |= URL_QUIRK_ENCODED_HOST;
	if (host_flags(domain) & NOT_PLAIN)
		*quirks |= URL_QUIRK_IDN;
	outbuf_clear(&decoded);
	if (!ascii)
		return false;
	outbuf_span(out, span_from(ascii));
	return true;
}

static void append_lower(struct span text, struct outbuf *out)
{
	outbuf_reserve(out, text.len);
	for (size_t i = 0; i < text.len; i++)
		out->data[out->len++] = g_ascii_tolower(text.ptr[i]);
}

static bool parse_domain(
	struct span text, struct outbuf *out, enum url_host_kind *kind, unsigned *quirks)
{
	size_t start = out->len;
	unsigned flags = host_flags(text);

	if (flags & NOT_PLAIN) {
		if (!append_encoded_domain(text, out, quirks))
			return false;
	} else {
		if (flags & DOMAIN_BAD)
			return false;
		if (flags & UPPER)
			append_lower(text, out);
		else
			outbuf_span(out, text);
	}
	return finish_domain(out, start, kind, quirks);
}

bool host_parse(struct span text, bool special, struct outbuf *out, enum url_host_kind *kind,
	unsigned *quirks)
{
	if (text.ptr[0] == '[') {
		uint16_t pieces[8] = {0};

		*kind = URL_HOST_IPV6;
		if (text.ptr[text.len - 1] != ']' ||
			!ipv6_parse((struct span){text.ptr + 1, text.len - 2}, pieces))
			return false;
		ipv6_append(out, pieces);
		return true;
	}
	if (special)
		return parse_domain(text, out, kind, quirks);
	if (host_flags(text) & OPAQUE_BAD)
		return false;
	*kind = URL_HOST_OPAQUE;
	escape_append(out, text, ESCAPE_C0);
	return true;
}
