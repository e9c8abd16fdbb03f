/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Networks for programs that have regular expressions only.
 */
#include "rules/export/writer.h"

#include <arpa/inet.h>

/* The numbers from `low` to `high`, of at most three digits, in decimal. */
static void put_range(GString *out, unsigned low, unsigned high)
{
	const char *before = "";

	g_string_append(out, "(?:");
	while (low <= high) {
		unsigned last = MIN(high, low - low % 10 + 9);

		g_string_append(out, before);
		if (low >= 100 && low % 100 == 0 && low + 99 <= high) {
			last = low + 99;
			g_string_append_printf(out, "%u[0-9][0-9]", low / 100);
		} else {
			if (low >= 10)
				g_string_append_printf(out, "%u", low / 10);
			g_string_append_printf(out, "[%u-%u]", low % 10, last % 10);
		}
		before = "|";
		low = last + 1;
	}
	g_string_append_c(out, ')');
}

static void put_octet(GString *out, unsigned octet, unsigned bits)
{
	unsigned size = 1u << (8 - bits);
	unsigned low = octet & ~(size - 1);

	if (bits == 8)
		g_string_append_printf(out, "%u", octet);
	else if (bits == 0)
		g_string_append(out, "[0-9]+");
	else
		put_range(out, low, low + size - 1);
}

bool export_network_regex(GString *out, const char *cidr)
{
	g_auto(GStrv) parts = g_strsplit(cidr, "/", 2);
	unsigned char address[4];
	guint64 prefix;

	if (!parts[0] || !parts[1] || inet_pton(AF_INET, parts[0], address) != 1 ||
		!g_ascii_string_to_unsigned(parts[1], 10, 0, 32, &prefix, NULL))
		return false;
	for (unsigned i = 0; i < 4; i++) {
		unsigned bits = (unsigned)CLAMP((int)prefix - 8 * (int)i, 0, 8);

		g_string_append(out, i ? "\\." : "");
		put_octet(out, address[i], bits);
	}
	return true;
}
