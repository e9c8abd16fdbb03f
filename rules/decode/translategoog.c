/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sites that Google Translate serves from `<site>.translate.goog`: `.` of the host is `-`, and
 * `-` is `--`; what is too long for one label stands in a parameter.
 * https://developers.google.com/search/docs/appearance/ad-network-and-translation
 */
#include "rules/decode/decoders.h"
#include "rules/query.h"
#include "rules/url.h"

#define SUFFIX ".translate.goog"
#define OWN_PARAMS "_x_tr_"

/* Whether `_x_tr_enc`, a list such as `0,1`, has this item. */
static bool has_encoding(struct span query, char item)
{
	struct span list;

	return query_find(query, OWN_PARAMS "enc", &list) && memchr(list.ptr, item, list.len);
}

/* Drops `<item>-` from the start of the label where the list says that it was put there. */
static bool drop_mark(GString *label, struct span query, char item)
{
	if (!has_encoding(query, item) || label->len < 2 || label->str[0] != item ||
		label->str[1] != '-')
		return false;
	g_string_erase(label, 0, 2);
	return true;
}

/* A lone dash between two characters is a dot, of two dashes one stays. */
static void append_host(const GString *label, GString *out)
{
	for (size_t i = 0; i < label->len; i++) {
		char c = label->str[i];
		bool doubled = c == '-' && label->str[i + 1] == '-';
		bool between = i > 0 && label->str[i - 1] != '-' && i + 1 < label->len;

		g_string_append_c(out, c == '-' && !doubled && between ? '.' : c);
		i += doubled;
	}
}

/* The query without the parameters that are Google's. */
static void append_query(struct span query, GString *out)
{
	struct query_iter iter;
	struct span name, value;
	char separator = '?';

	query_iter_init(&iter, query);
	while (query_iter_next(&iter, &name, &value)) {
		if (g_str_has_prefix(name.ptr, OWN_PARAMS))
			continue;
		g_string_append_c(out, separator);
		g_string_append_len(out, name.ptr, value.ptr + value.len - name.ptr);
		separator = '&';
	}
}

static void append_site(const struct url *url, struct span host, GString *out)
{
	struct span query = url_query(url), start = SPAN_NONE, scheme;
	g_autoptr(GString) label = g_string_new(NULL);
	bool idn;

	if (query_find(query, OWN_PARAMS "hp", &start))
		g_string_append_len(label, start.ptr, (gssize)start.len);
	g_string_append_len(label, host.ptr, (gssize)(host.len - strlen(SUFFIX)));
	drop_mark(label, query, '1');
	idn = drop_mark(label, query, '0');
	bool plain = query_find(query, OWN_PARAMS "sch", &scheme) && span_equal(scheme, "http");
	g_string_append(out, plain ? "http://" : "https://");
	g_string_append(out, idn ? "xn--" : "");
	append_host(label, out);
}

static bool decode_translategoog(struct span in, const char *argument, GString *out)
{
	struct url *url = url_parse(in.ptr, in.len, NULL);
	struct span host = url ? url_host(url) : SPAN_NONE;
	size_t suffix = strlen(SUFFIX);
	bool ok = host.len > suffix && memcmp(host.ptr + host.len - suffix, SUFFIX, suffix) == 0;

	(void)argument;
	if (ok) {
		struct span path = url_path(url), fragment = url_fragment(url);

		append_site(url, host, out);
		g_string_append_len(out, path.ptr, (gssize)path.len);
		append_query(url_query(url), out);
		if (fragment.len)
			g_string_append_printf(out, "#%.*s", (int)fragment.len, fragment.ptr);
	}
	url_free(url);
	return ok;
}

const struct decoder decoder_translategoog = {
	"translategoog", DECODE_ARG_NONE, "a site behind Google Translate", decode_translategoog};
