/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/html_style.h"

#define BLANKS " \t\r\n\f"

/* ---- lengths ---- */

/* In pixels; other units than px and pt are relative to something larger, so only 0 is small. */
static double pixels_of(const char *length)
{
	char *unit;

	/* Ten or more, as most are, needs no conversion. */
	if (g_ascii_isdigit(length[0]) && length[0] != '0' && g_ascii_isdigit(length[1]))
		return G_MAXDOUBLE;
	double number = g_ascii_strtod(length, &unit);
	if (unit == length || number < 0)
		return G_MAXDOUBLE;
	if (number == 0 || !*unit || g_ascii_strncasecmp(unit, "px", 2) == 0 ||
		g_ascii_strncasecmp(unit, "pt", 2) == 0 || strchr(BLANKS "!;", *unit))
		return number;
	return G_MAXDOUBLE;
}

bool html_length_is_tiny(const char *length)
{
	return length && pixels_of(length + strspn(length, BLANKS)) <= 2;
}

/* ---- declarations ---- */

struct declaration {
	struct span name;
	const char *value; /* up to a semicolon or the end */
};

/* Takes the declaration at `*at`; false at the end. What is none has no value. */
static bool next_declaration(const char **at, struct declaration *declaration)
{
	const char *start = *at + strspn(*at, BLANKS ";");
	size_t len = strcspn(start, ":;");

	declaration->name = (struct span){start, len};
	declaration->value = NULL;
	while (declaration->name.len && strchr(BLANKS, start[declaration->name.len - 1]))
		declaration->name.len--;
	*at = start + len;
	if (start[len] == ':') {
		declaration->value = start + len + 1 + strspn(start + len + 1, BLANKS);
		*at = declaration->value + strcspn(declaration->value, ";");
	}
	return len || start[len];
}

static bool is_property(const struct declaration *declaration, const char *name)
{
	size_t len = strlen(name);

	return declaration->value && declaration->name.len == len &&
	       g_ascii_strncasecmp(declaration->name.ptr, name, len) == 0;
}

static bool value_is(const struct declaration *declaration, const char *value)
{
	return g_ascii_strncasecmp(declaration->value, value, strlen(value)) == 0;
}

/* The last one wins, as in CSS. */
bool html_style_is_tiny(const char *style, const char *property)
{
	struct declaration declaration;
	bool tiny = false;

	while (style && next_declaration(&style, &declaration))
		if (is_property(&declaration, property))
			tiny = pixels_of(declaration.value) <= 2;
	return tiny;
}

bool html_style_hides(const char *style)
{
	bool none = false, hidden = false, small = false, clear = false, cut = false;
	bool low = false, flat = false;
	struct declaration declaration;

	while (style && next_declaration(&style, &declaration)) {
		if (is_property(&declaration, "display"))
			none = value_is(&declaration, "none");
		else if (is_property(&declaration, "visibility"))
			hidden = value_is(&declaration, "hidden");
		else if (is_property(&declaration, "font-size"))
			small = pixels_of(declaration.value) <= 1;
		else if (is_property(&declaration, "opacity"))
			clear = pixels_of(declaration.value) <= 0;
		else if (is_property(&declaration, "overflow"))
			cut = value_is(&declaration, "hidden");
		else if (is_property(&declaration, "max-height"))
			low = pixels_of(declaration.value) <= 1;
		else if (is_property(&declaration, "height"))
			flat = pixels_of(declaration.value) <= 0;
	}
	return none || hidden || small || clear || (cut && (low || flat));
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
	if (!strpbrk(css, "(@"))
		return;
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
