/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/link.h"

#include "rules/domain.h"

/* Of a URL that is wrapped into lines. */
#define WRAPPED_MAX ((size_t)2048)
/* No host name is longer (RFC 1035 §2.3.4). */
#define HOST_MAX 253

const char *link_kind_name(enum link_kind kind)
{
	static const char *const names[] = {"anchor", "area", "form", "refresh", "link", "frame",
		"image", "pixel", "text", "header"};

	return names[kind];
}

bool link_is_clickable(const struct link *link)
{
	return link->kind != LINK_IMAGE && link->kind != LINK_PIXEL && link->kind != LINK_LINK;
}

void link_free(struct link *link)
{
	if (!link)
		return;
	g_free(link->text);
	g_free(link->raw);
	url_free(link->url);
	g_free(link);
}

/* Addresses, phone numbers and parts of the mail itself lead nowhere. */
static bool leads_somewhere(const struct url *url, enum link_kind kind)
{
	static const char *const nowhere[] = {"mailto", "tel", "sms", "cid", "mid", "about"};

	for (size_t i = 0; i < G_N_ELEMENTS(nowhere); i++) {
		if (span_equal(url_scheme(url), nowhere[i]))
			return false;
	}
	return url_is_web(url) || (kind != LINK_IMAGE && kind != LINK_PIXEL && kind != LINK_LINK);
}

static struct span trimmed(struct span raw)
{
	while (raw.len && g_ascii_isspace(raw.ptr[0])) {
		raw.ptr++;
		raw.len--;
	}
	while (raw.len && g_ascii_isspace(raw.ptr[raw.len - 1]))
		raw.len--;
	return raw;
}

static struct url *parse_text_url(struct span raw)
{
	if (memmem(raw.ptr, raw.len, "://", 3))
		return url_parse(raw.ptr, raw.len, NULL);
	g_autoptr(GString) whole = g_string_new("http://");
	g_string_append_len(whole, raw.ptr, (gssize)raw.len);
	return url_parse(whole->str, whole->len, NULL);
}

/* `//host/path` has no scheme of its own: where the mail names none, readers in a browser supply
 * theirs. */
static struct url *parse_without_scheme(struct span raw)
{
	struct span bare = trimmed(raw);

	if (bare.len < 3 || !strchr("/\\", bare.ptr[0]) || !strchr("/\\", bare.ptr[1]))
		return NULL;
	g_autoptr(GString) whole = g_string_new("https:");
	g_string_append_len(whole, bare.ptr, (gssize)bare.len);
	return url_parse(whole->str, whole->len, NULL);
}

static struct url *parse(enum link_kind kind, struct span raw, const struct url *base)
{
	/* Untrimmed: the blanks are a quirk of the URL. */
	struct url *url =
		kind == LINK_TEXT ? parse_text_url(raw) : url_parse(raw.ptr, raw.len, base);

	return url || base ? url : parse_without_scheme(raw);
}

struct link *link_new(enum link_kind kind, unsigned part, struct span raw, const struct url *base)
{
	struct span bare = trimmed(raw);

	if (!bare.len || bare.ptr[0] == '#')
		return NULL;
	struct url *url = parse(kind, raw, base);
	if (!url || !leads_somewhere(url, kind)) {
		url_free(url);
		return NULL;
	}
	struct link *link = g_new0(struct link, 1);
	link->kind = kind;
	link->part = part;
	link->raw = span_dup(bare);
	link->text = g_strdup("");
	link->url = url;
	return link;
}

static char *without_newlines(struct span wrapped)
{
	GString *text = g_string_sized_new(wrapped.len);

	for (size_t i = 0; i < wrapped.len; i++)
		if (wrapped.ptr[i] != '\n')
			g_string_append_c(text, wrapped.ptr[i]);
	return g_string_free(text, FALSE);
}

struct link *link_new_text(unsigned part, struct span url)
{
	g_autofree char *whole = memchr(url.ptr, '\n', url.len) ? without_newlines(url) : NULL;
	struct span text = whole ? span_from(whole) : url;
	struct link *link = link_new(LINK_TEXT, part, text, NULL);

	if (link)
		link_set_text(link, text);
	return link;
}

/* ---- lists of links ---- */

bool link_list_full(const GPtrArray *links)
{
	const struct link *last = links->len ? links->pdata[links->len - 1] : NULL;

	return links->len >= LINK_MAX || (last && last->total >= LINK_MAX_BYTES);
}

bool link_append(GPtrArray *links, struct link *link)
{
	const struct link *last = links->len ? links->pdata[links->len - 1] : NULL;

	if (link_list_full(links)) {
		link_free(link);
		return false;
	}
	link->total = (last ? last->total : 0) + strlen(link->raw) + strlen(url_href(link->url));
	g_ptr_array_add(links, link);
	return true;
}

/* ---- shown text ---- */

bool link_is_invisible(gunichar c)
{
	return c == 0xAD || c == 0x34F || c == 0x61C || c == 0x180E ||
	       (c >= 0x200B && c <= 0x200F) || (c >= 0x2060 && c <= 0x2064) || c == 0xFEFF;
}

void link_set_text(struct link *link, struct span text)
{
	g_autofree char *valid = g_utf8_make_valid(text.ptr, (gssize)text.len);
	GString *folded = g_string_new(NULL);

	for (const char *at = valid; *at && folded->len < LINK_MAX_TEXT;
		at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		if (g_unichar_isspace(c)) {
			if (folded->len && folded->str[folded->len - 1] != ' ')
				g_string_append_c(folded, ' ');
		} else if (!link_is_invisible(c) &&
			   folded->len + g_unichar_to_utf8(c, NULL) <= LINK_MAX_TEXT) {
			g_string_append_unichar(folded, c);
		}
	}
	if (folded->len && folded->str[folded->len - 1] == ' ')
		g_string_truncate(folded, folded->len - 1);
	g_free(link->text);
	link->text = g_string_free(folded, FALSE);
}

/* ---- URLs in plain text ---- */

static bool begins_with(struct span text, const char *prefix)
{
	return text.len >= strlen(prefix) &&
	       g_ascii_strncasecmp(text.ptr, prefix, strlen(prefix)) == 0;
}

/* The length of what makes a URL begin here, 0 where none does. */
static size_t beginning(struct span text)
{
	static const char *const beginnings[] = {"http://", "https://", "ftp://", "www."};

	if (!text.len || !strchr("hHfFwW", text.ptr[0]))
		return 0;
	for (size_t i = 0; i < G_N_ELEMENTS(beginnings); i++)
		if (begins_with(text, beginnings[i]))
			return strlen(beginnings[i]);
	return 0;
}

static size_t host_length(struct span text)
{
	size_t len = 0;

	while (len < MIN(text.len, HOST_MAX) &&
		(g_ascii_isalnum(text.ptr[len]) || text.ptr[len] == '.' || text.ptr[len] == '-'))
		len++;
	return len;
}

/* The length of the host of `bit.ly/x`, written without a scheme; 0 where that is not what stands
 * here. */
static size_t bare_host(struct span text)
{
	char host[HOST_MAX];
	size_t len = host_length(text);

	if (len == 0 || len >= text.len || text.ptr[len] != '/' || !memchr(text.ptr, '.', len))
		return 0;
	for (size_t i = 0; i < len; i++)
		host[i] = g_ascii_tolower(text.ptr[i]);
	struct span name = {host, len};
	return domain_registrable(name).ptr && domain_suffix_known(name) ? len : 0;
}

/* Whether a word can begin behind this byte: not within one, nor within an address or a path. */
static bool is_boundary(char before)
{
	return !g_ascii_isalnum(before) && !strchr("@/.-_=&%+", before);
}

/* Characters that end a URL in running text: blanks, quotes, angle brackets, and the punctuation of
 * other scripts. */
static bool ends_url(gunichar c)
{
	if (c <= ' ' || c == 0x7F || strchr("<>\"`", (int)MIN(c, 0x7F)))
		return true;
	if (c < 0x80)
		return false;
	return (c >= 0x3000 && c <= 0x303F) || (c >= 0x2018 && c <= 0x201F) || c == 0xAB ||
	       c == 0xBB || (c >= 0xFF00 && c <= 0xFF0F) || c == 0xFF1A || c == 0xFF1B ||
	       c == 0xFF1F || g_unichar_isspace(c) || g_unichar_type(c) == G_UNICODE_FORMAT;
}

/* How far the URL goes that begins behind `<` and is wrapped into lines; 0 where it is not. */
static size_t wrapped_length(struct span text)
{
	size_t at = 0, newline = 0;

	for (; at < MIN(text.len, WRAPPED_MAX) && !strchr("<>", text.ptr[at]); at++) {
		bool ends = text.ptr[at] == '\n';

		if ((guchar)text.ptr[at] <= ' ' && (!ends || newline == at))
			return 0;
		newline = ends ? at + 1 : newline;
	}
	return newline && at < text.len && text.ptr[at] == '>' ? at : 0;
}

/* The length of the URL that begins here; `wrapped` bytes of it may hold line breaks. */
static size_t extent(struct span text, size_t wrapped)
{
	size_t at = 0;

	while (at < text.len) {
		gunichar c = g_utf8_get_char_validated(text.ptr + at, (gssize)(text.len - at));

		if (c == (gunichar)-1 || c == (gunichar)-2 ||
			(ends_url(c) && !(c == '\n' && at < wrapped)))
			break;
		at += (size_t)g_unichar_to_utf8(c, NULL);
	}
	return at;
}

static char opening(char closing)
{
	switch (closing) {
	case ')':
		return '(';
	case ']':
		return '[';
	case '}':
		return '{';
	default:
		return 0;
	}
}

/* Punctuation at the end belongs to the sentence, a closing bracket only where it was not opened
 * inside. */
static size_t without_punctuation(const char *url, size_t len)
{
	int depth[3] = {0};
	static const char closing[] = ")]}";

	for (size_t i = 0; i < len; i++)
		for (int b = 0; b < 3; b++)
			depth[b] += (url[i] == opening(closing[b])) - (url[i] == closing[b]);
	while (len) {
		const char *bracket = strchr(closing, url[len - 1]);

		if (bracket && depth[bracket - closing] < 0)
			depth[bracket - closing]++;
		else if (!strchr(".,;:!?'*_", url[len - 1]))
			break;
		len--;
	}
	return len;
}

/* How much of a URL must stand at `at` for one to begin there; 0 where none does. */
static size_t least_length(struct span text, size_t at)
{
	struct span rest = {text.ptr + at, text.len - at};
	char before = at ? text.ptr[at - 1] : ' ';

	if (g_ascii_isalnum(before) || before == '@')
		return 0;
	size_t least = beginning(rest);
	return least || !is_boundary(before) ? least : bare_host(rest);
}

/* Most text has neither a slash nor `www.`, without which there is no URL. */
static bool may_hold_url(struct span text)
{
	const char *end = text.ptr + text.len;

	if (!text.len || memchr(text.ptr, '/', text.len))
		return text.len;
	for (const char *dot = text.ptr; (dot = memchr(dot, '.', (size_t)(end - dot))); dot++)
		if (dot - text.ptr >= 3 && g_ascii_strncasecmp(dot - 3, "www", 3) == 0)
			return true;
	return false;
}

void link_find_in_text(struct span text, void (*found)(struct span url, void *data), void *data)
{
	if (!may_hold_url(text))
		return;
	for (size_t i = 0; i < text.len;) {
		struct span rest = {text.ptr + i, text.len - i};
		size_t start = least_length(text, i);
		size_t wrapped = start && i && text.ptr[i - 1] == '<' ? wrapped_length(rest) : 0;
		size_t len = start ? without_punctuation(rest.ptr, extent(rest, wrapped)) : 0;

		if (len <= start) {
			i++;
			continue;
		}
		found((struct span){rest.ptr, len}, data);
		i += len;
	}
}
