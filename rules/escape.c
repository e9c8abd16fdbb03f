/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/escape.h"

#define ALL 0xff
#define QUERIES (ESCAPE_QUERY | ESCAPE_SPECIAL_QUERY)
#define PATHS (ESCAPE_PATH | ESCAPE_USERINFO)

const uint8_t escape_sets[256] = {
	[0x00 ... 0x1f] = ALL,
	[' '] = ESCAPE_FRAGMENT | QUERIES | PATHS,
	['"'] = ESCAPE_FRAGMENT | QUERIES | PATHS,
	['#'] = QUERIES | PATHS,
	['\''] = ESCAPE_SPECIAL_QUERY,
	['/'] = ESCAPE_USERINFO,
	[':'] = ESCAPE_USERINFO,
	[';'] = ESCAPE_USERINFO,
	['<'] = ESCAPE_FRAGMENT | QUERIES | PATHS,
	['='] = ESCAPE_USERINFO,
	['>'] = ESCAPE_FRAGMENT | QUERIES | PATHS,
	['?'] = PATHS,
	['@'] = ESCAPE_USERINFO,
	['['] = ESCAPE_USERINFO,
	['\\'] = ESCAPE_USERINFO,
	[']'] = ESCAPE_USERINFO,
	['^'] = PATHS,
	['`'] = ESCAPE_FRAGMENT | PATHS,
	['{'] = PATHS,
	['|'] = ESCAPE_USERINFO,
	['}'] = PATHS,
	[0x7f ... 0xff] = ALL,
};

void escape_append(struct outbuf *out, struct span text, enum escape_set set)
{
	static const char hex[] = "0123456789ABCDEF";
	const char *at = text.ptr, *end = at + text.len;

	while (at < end) {
		const char *run = at;

		while (at < end && !(escape_sets[(uint8_t)*at] & set))
			at++;
		outbuf_bytes(out, run, at - run);
		if (at < end) {
			uint8_t byte = *at++;

			outbuf_bytes(out, (char[]){'%', hex[byte >> 4], hex[byte & 15]}, 3);
		}
	}
}
