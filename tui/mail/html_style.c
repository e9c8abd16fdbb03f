/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/html_style.h"

#define BLANKS " \t\r\n\f"
#define MAX_DECLARATIONS 128

/* ---- lengths ---- */

/* In pixels; other units than px and pt are relative to something larger, so only 0 is small. */
static double pixels_of(const char *length)
{
	char *unit;
	double number = g_ascii_strtod(length, &unit);

	if (unit == length || number < 0)
		return G_MAXDOUBLE;
	if (number == 0 || !*unit || g_str_has_prefix(unit, "px") || g_str_has_prefix(unit, "pt") ||
		strchr(BLANKS "!", *unit))
		return number;
	return G_MAXDOUBLE;
}

bool html_length_is_tiny(const char *length)
{
	return length && pixels_of(length + strspn(length, BLANKS)) <= 2;
}

/* ---- declarations ---- */

/* The value of a property in lower case; NULL where it is not there. The last one wins, as in CSS.
 * The caller frees it with g_free(). */
static char *property_of(const char *style, const char *property)
{
	g_auto(GStrv) declarations = g_strsplit(style ? style : "", ";", MAX_DECLARATIONS);
	char *value = NULL;

	for (guint i = 0; declarations[i]; i++) {
		char *colon = strchr(declarations[i], ':');

		if (!colon)
			continue;
		*colon = '\0';
		if (g_ascii_strcasecmp(g_strstrip(declarations[i]), property) != 0)
			continue;
		g_free(value);
		value = g_ascii_strdown(g_strstrip(colon + 1), -1);
	}
	return value;
}

static bool property_is(const char *style, const char *property, const char *value)
{
	g_autofree char *found = property_of(style, property);

	return found && g_str_has_prefix(found, value);
}

static bool property_at_most(const char *style, const char *property, double pixels)
{
	g_autofree char *found = property_of(style, property);

	return found && pixels_of(found) <= pixels;
}

bool html_style_is_tiny(const char *style, const char *property)
{
	return style && property_at_most(style, property, 2);
}

bool html_style_hides(const char *style)
{
	if (!style)
		return false;
	if (property_is(style, "display", "none") || property_is(style, "visibility", "hidden") ||
		property_at_most(style, "font-size", 1) || property_at_most(style, "opacity", 0))
		return true;
	return property_is(style, "overflow", "hidden") &&
	       (property_at_most(style, "max-height", 1) || property_at_most(style, "height", 0));
}

/* ---- URLs ---- */

static struct span quoted(const char *at, const char *unquoted_end)
{
	bool quote = *at == '"' || *at == '\'';
	char ends[] = {quote ? *at : *unquoted_end, '\0'};

	at += quote;
	return (struct span){at, strcspn(at, ends)};
}

static void import_urls(const char *css, html_url_found found, void *data)
{
	for (const char *at = css; (at = strcasestr(at, "@import"));) {
		at += strlen("@import");
		at += strspn(at, BLANKS);
		if (*at != '"' && *at != '\'')
			continue;
		struct span url = quoted(at, ";");
		found(url, data);
		at = url.ptr + url.len;
	}
}

void html_style_urls(const char *css, html_url_found found, void *data)
{
	import_urls(css, found, data);
	for (const char *at = css; (at = strcasestr(at, "url("));) {
		at += strlen("url(");
		at += strspn(at, BLANKS);
		struct span url = quoted(at, ")");
		found(url, data);
		at = url.ptr + url.len;
	}
}

void html_srcset_urls(const char *srcset, html_url_found found, void *data)
{
	for (const char *at = srcset + strspn(srcset, BLANKS ","); *at;) {
		struct span url = {at, strcspn(at, BLANKS)};

		at += url.len;
		if (url.ptr[url.len - 1] != ',')
			at += strcspn(at, ",");
		while (url.len && url.ptr[url.len - 1] == ',')
			url.len--;
		found(url, data);
		at += strspn(at, BLANKS ",");
	}
}

struct span html_refresh_url(const char *content)
{
	const char *at = content + strspn(content, BLANKS);
	size_t time = strspn(at, "0123456789.");

	at += time;
	if (!time || !*at || !strchr(BLANKS ";,", *at))
		return SPAN_NONE;
	at += strspn(at, BLANKS);
	at += *at == ';' || *at == ',';
	at += strspn(at, BLANKS);
	if (g_ascii_strncasecmp(at, "url", 3) == 0) {
		const char *equals = at + 3 + strspn(at + 3, BLANKS);

		if (*equals == '=')
			at = equals + 1 + strspn(equals + 1, BLANKS);
	}
	struct span url = quoted(at, "");
	return url.len ? url : SPAN_NONE;
}
