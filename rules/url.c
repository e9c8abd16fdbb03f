/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The basic URL parser of the URL Standard (§4.4), written as functions over slices instead of a
 * state machine over code points: each state of the standard is the function of its name, and the
 * serialisation is written straight into one buffer, of which the components are slices.
 *
 * A URL inherits from its base only where both have the same scheme, so what it inherits is a
 * prefix of the base's serialisation and keeps its offsets.
 */
#include "rules/url.h"

#include "rules/escape.h"
#include "rules/host.h"
#include "rules/outbuf.h"

#include <stdint.h>
#include <unistr.h>

#define ABSENT UINT32_MAX

struct part {
	uint32_t at; /* ABSENT: null */
	uint32_t len;
};

struct special {
	const char *scheme;
	uint16_t port;
	bool file;
};

struct layout {
	const struct special *special; /* NULL: a scheme that is not special */
	struct part scheme, username, password, host, port, path, query, fragment;
	enum url_host_kind host_kind;
	unsigned quirks;
	bool opaque_path;
};

struct url {
	struct layout layout;
	size_t len;
	char href[];
};

struct parser {
	struct layout url;
	struct outbuf out;
	const char *at;
	const char *end;
	const struct url *base;
};

static const struct special specials[] = {
	{"https", 443, false},
	{"http", 80, false},
	{"file", 0, true},
	{"ftp", 21, false},
	{"wss", 443, false},
	{"ws", 80, false},
};

static const struct special *find_special(struct span scheme)
{
	for (size_t i = 0; i < G_N_ELEMENTS(specials); i++) {
		if (span_equal(scheme, specials[i].scheme))
			return &specials[i];
	}
	return NULL;
}

static bool is_file(const struct layout *url)
{
	return url->special && url->special->file;
}

static struct span rest(const struct parser *p)
{
	return (struct span){p->at, p->end - p->at};
}

/* The byte at the cursor, -1 at the end. */
static int peek(const struct parser *p)
{
	return p->at < p->end ? (unsigned char)*p->at : -1;
}

static bool is_slash(const struct parser *p, int c)
{
	return c == '/' || (c == '\\' && p->url.special);
}

/* Steps over a slash, or a backslash that counts as one; false where there is none. */
static bool skip_slash(struct parser *p)
{
	int c = peek(p);

	if (!is_slash(p, c))
		return false;
	if (c == '\\')
		p->url.quirks |= URL_QUIRK_BACKSLASH;
	p->at++;
	return true;
}

static void part_begin(struct parser *p, struct part *part)
{
	part->at = p->out.len;
}

static void part_end(struct parser *p, struct part *part)
{
	part->len = p->out.len - part->at;
}

/* Windows drive letters: C: or C|, and only C: where normalized. */
static bool is_drive(struct span text, bool normalized)
{
	return text.len == 2 && g_ascii_isalpha(text.ptr[0]) &&
	       (text.ptr[1] == ':' || (!normalized && text.ptr[1] == '|'));
}

static bool starts_with_drive(struct span text)
{
	if (text.len < 2 || !is_drive((struct span){text.ptr, 2}, false))
		return false;
	return text.len == 2 || memchr("/\\?#", text.ptr[2], 4) != NULL;
}

static struct span out_path(const struct parser *p)
{
	return (struct span){p->out.data + p->url.path.at, p->out.len - p->url.path.at};
}

/* Drops the last segment, but not the drive letter of a file URL. */
static void shorten_path(struct parser *p)
{
	struct span path = out_path(p);
	const char *slash = path.len > 0 ? memrchr(path.ptr, '/', path.len) : NULL;

	if (!slash)
		return;
	if (is_file(&p->url) && slash == path.ptr &&
		is_drive((struct span){path.ptr + 1, path.len - 1}, true))
		return;
	p->out.len = slash - p->out.data;
}

/* The length of `.` or %2e at the start of the text, 0 for none. */
static size_t dot_at(struct span text)
{
	if (text.len > 0 && text.ptr[0] == '.')
		return 1;
	return text.len >= 3 && g_ascii_strncasecmp(text.ptr, "%2e", 3) == 0 ? 3 : 0;
}

/* 1 for a single-dot, 2 for a double-dot, 0 for any other segment. */
static unsigned count_dots(struct span segment)
{
	unsigned dots = 0;

	while (segment.len > 0) {
		size_t dot = dot_at(segment);

		if (dot == 0 || dots == 2)
			return 0;
		segment.ptr += dot;
		segment.len -= dot;
		dots++;
	}
	return dots;
}

static void append_segment(struct parser *p, struct span segment)
{
	bool first = out_path(p).len == 0;

	outbuf_char(&p->out, '/');
	if (is_file(&p->url) && first && is_drive(segment, false)) {
		outbuf_char(&p->out, segment.ptr[0]);
		outbuf_char(&p->out, ':');
		return;
	}
	escape_append(&p->out, segment, ESCAPE_PATH);
}

static struct span next_segment(struct parser *p)
{
	const char *start = p->at, *at = start, *end = p->end;
	char slash = p->url.special ? '\\' : '/';

	while (at < end && *at != '/' && *at != '?' && *at != '#' && *at != slash)
		at++;
	p->at = at;
	return (struct span){start, at - start};
}

/* What is before a query and a fragment. */
static struct span before_query(struct span text)
{
	const char *hash = memchr(text.ptr, '#', text.len);
	size_t len = hash ? (size_t)(hash - text.ptr) : text.len;
	const char *mark = memchr(text.ptr, '?', len);

	return (struct span){text.ptr, mark ? (size_t)(mark - text.ptr) : len};
}

/* Whether any segment begins with a dot, or with what may be an encoded one. */
static bool may_have_dots(struct span path)
{
	const char *at = path.ptr, *end = path.ptr + path.len;

	while (at < end && *at != '.' && *at != '%') {
		at = memchr(at, '/', end - at);
		if (!at)
			return false;
		at++;
	}
	return at < end;
}

/* Most paths have no dots to resolve, no backslash and no drive letter: they are copied as one. */
static bool copy_simple_path(struct parser *p)
{
	struct span path = before_query(rest(p));

	if (is_file(&p->url) || may_have_dots(path) || memchr(path.ptr, '\\', path.len))
		return false;
	outbuf_char(&p->out, '/');
	escape_append(&p->out, path, ESCAPE_PATH);
	p->at += path.len;
	return true;
}

/* The cursor is behind the slash of a segment. */
static void path_state(struct parser *p)
{
	bool more;

	if (copy_simple_path(p))
		return;
	do {
		struct span segment = next_segment(p);
		unsigned dots = count_dots(segment);

		more = skip_slash(p);
		if (dots == 2)
			shorten_path(p);
		if (dots == 0)
			append_segment(p, segment);
		else if (!more)
			outbuf_char(&p->out, '/');
	} while (more);
}

/* Without an authority, a path that starts with two slashes would read as one. */
static void finish_path(struct parser *p)
{
	struct part *path = &p->url.path;

	part_end(p, path);
	if (p->url.host_kind != URL_HOST_NONE || p->url.opaque_path || path->len < 2 ||
		memcmp(p->out.data + path->at, "//", 2) != 0)
		return;
	outbuf_reserve(&p->out, 2);
	char *start = p->out.data + path->at;
	memmove(start + 2, start, path->len);
	memcpy(start, "/.", 2);
	path->at += 2;
	p->out.len += 2;
}

static void query_and_fragment(struct parser *p)
{
	if (peek(p) == '?') {
		const char *hash = memchr(p->at, '#', p->end - p->at);
		const char *end = hash ? hash : p->end;

		outbuf_char(&p->out, '?');
		part_begin(p, &p->url.query);
		escape_append(&p->out, (struct span){p->at + 1, end - p->at - 1},
			p->url.special ? ESCAPE_SPECIAL_QUERY : ESCAPE_QUERY);
		part_end(p, &p->url.query);
		p->at = end;
	}
	if (peek(p) == '#') {
		p->at++;
		outbuf_char(&p->out, '#');
		part_begin(p, &p->url.fragment);
		escape_append(&p->out, rest(p), ESCAPE_FRAGMENT);
		part_end(p, &p->url.fragment);
	}
}

static bool path_start_state(struct parser *p)
{
	int c = peek(p);

	part_begin(p, &p->url.path);
	if (p->url.special || (c != '?' && c != '#' && c != -1)) {
		skip_slash(p);
		path_state(p);
	}
	finish_path(p);
	query_and_fragment(p);
	return true;
}

/* Appends segments to a path that was inherited. */
static bool continue_path(struct parser *p)
{
	path_state(p);
	finish_path(p);
	query_and_fragment(p);
	return true;
}

static bool opaque_path_state(struct parser *p)
{
	const char *start = p->at;

	while (p->at < p->end && *p->at != '?' && *p->at != '#')
		p->at++;
	struct span path = {start, p->at - start};
	bool space = p->at < p->end && path.len > 0 && path.ptr[path.len - 1] == ' ';

	p->url.opaque_path = true;
	part_begin(p, &p->url.path);
	/* A space before ? or # is written %20: it would get lost were the rest cut off. */
	escape_append(&p->out, (struct span){path.ptr, path.len - space}, ESCAPE_C0);
	if (space)
		outbuf_bytes(&p->out, "%20", 3);
	finish_path(p);
	query_and_fragment(p);
	return true;
}

/* Userinfo, without the @ behind it. */
static void append_userinfo(struct parser *p, struct span userinfo)
{
	const char *colon = memchr(userinfo.ptr, ':', userinfo.len);
	size_t name_len = colon ? (size_t)(colon - userinfo.ptr) : userinfo.len;
	struct span password = {userinfo.ptr + userinfo.len, 0};

	if (colon)
		password = (struct span){colon + 1, userinfo.len - name_len - 1};
	part_begin(p, &p->url.username);
	escape_append(&p->out, (struct span){userinfo.ptr, name_len}, ESCAPE_USERINFO);
	part_end(p, &p->url.username);
	if (password.len > 0)
		outbuf_char(&p->out, ':');
	part_begin(p, &p->url.password);
	escape_append(&p->out, password, ESCAPE_USERINFO);
	part_end(p, &p->url.password);
	if (name_len + password.len > 0)
		outbuf_char(&p->out, '@');
}

static bool append_port(struct parser *p, struct span digits)
{
	unsigned port = 0;
	char text[8];

	for (size_t i = 0; i < digits.len; i++) {
		if (!g_ascii_isdigit(digits.ptr[i]))
			return false;
		port = port * 10 + (digits.ptr[i] - '0');
		if (port > UINT16_MAX)
			return false;
	}
	if (digits.len == 0 || (p->url.special && p->url.special->port == port))
		return true;
	outbuf_char(&p->out, ':');
	part_begin(p, &p->url.port);
	outbuf_bytes(&p->out, text, g_snprintf(text, sizeof text, "%u", port));
	part_end(p, &p->url.port);
	return true;
}

static bool append_host(struct parser *p, struct span host)
{
	part_begin(p, &p->url.host);
	p->url.host_kind = URL_HOST_EMPTY;
	if (host.len > 0 && !host_parse(host, p->url.special != NULL, &p->out, &p->url.host_kind,
				    &p->url.quirks))
		return false;
	part_end(p, &p->url.host);
	return true;
}

/* The colon before the port, NULL for none. */
static const char *find_port(struct span hostport)
{
	bool bracket = false;

	if (!memchr(hostport.ptr, ':', hostport.len))
		return NULL;
	for (size_t i = 0; i < hostport.len; i++) {
		if (hostport.ptr[i] == ':' && !bracket)
			return hostport.ptr + i;
		if (hostport.ptr[i] == '[')
			bracket = true;
		else if (hostport.ptr[i] == ']')
			bracket = false;
	}
	return NULL;
}

static bool host_state(struct parser *p, struct span hostport)
{
	const char *colon = find_port(hostport);
	struct span host = {hostport.ptr, colon ? (size_t)(colon - hostport.ptr) : hostport.len};

	if (host.len == 0 && (colon || p->url.special))
		return false;
	if (!append_host(p, host))
		return false;
	if (!colon)
		return true;
	return append_port(p, (struct span){colon + 1, hostport.len - host.len - 1});
}

/* The cursor is behind the slashes. */
static bool authority_state(struct parser *p)
{
	struct span hostport = next_segment(p);
	const char *at_sign = hostport.len ? memrchr(hostport.ptr, '@', hostport.len) : NULL;
	struct span userinfo = {hostport.ptr, 0};

	outbuf_bytes(&p->out, "//", 2);
	if (at_sign) {
		userinfo.len = at_sign - hostport.ptr;
		hostport.ptr += userinfo.len + 1;
		hostport.len -= userinfo.len + 1;
		p->url.quirks |= URL_QUIRK_USERINFO;
		if (hostport.len == 0)
			return false;
	}
	append_userinfo(p, userinfo);
	return host_state(p, hostport) && path_start_state(p);
}

/* `seen`: how many slashes stood before the cursor. */
static bool special_authority_ignore_slashes_state(struct parser *p, unsigned seen)
{
	while (skip_slash(p))
		seen = MIN(seen + 1, 3);
	if (seen != 2)
		p->url.quirks |= URL_QUIRK_SLASHES;
	return authority_state(p);
}

/* Inherits everything before the path. */
static void inherit_authority(struct parser *p)
{
	const struct layout *base = &p->base->layout;
	size_t end = base->scheme.len + 1;

	if (base->host.at != ABSENT)
		end = base->host.at + base->host.len;
	if (base->port.at != ABSENT)
		end = base->port.at + base->port.len;
	p->out.len = 0;
	outbuf_bytes(&p->out, p->base->href, end);
	p->url.username = base->username;
	p->url.password = base->password;
	p->url.host = base->host;
	p->url.port = base->port;
	p->url.host_kind = base->host_kind;
}

static void inherit_path(struct parser *p)
{
	part_begin(p, &p->url.path);
	outbuf_span(&p->out, url_path(p->base));
}

static void inherit_query(struct parser *p)
{
	if (p->base->layout.query.at == ABSENT)
		return;
	outbuf_char(&p->out, '?');
	part_begin(p, &p->url.query);
	outbuf_span(&p->out, url_query(p->base));
	part_end(p, &p->url.query);
}

/* A reference that is empty or only a query or fragment. */
static bool inherit_for_tail(struct parser *p)
{
	finish_path(p);
	if (peek(p) != '?')
		inherit_query(p);
	query_and_fragment(p);
	return true;
}

static bool relative_slash_state(struct parser *p)
{
	if (skip_slash(p)) {
		if (p->url.special)
			return special_authority_ignore_slashes_state(p, 2);
		return authority_state(p);
	}
	inherit_authority(p);
	part_begin(p, &p->url.path);
	return continue_path(p);
}

static bool relative_state(struct parser *p)
{
	int c = peek(p);

	if (skip_slash(p))
		return relative_slash_state(p);
	inherit_authority(p);
	inherit_path(p);
	if (c == -1 || c == '?' || c == '#')
		return inherit_for_tail(p);
	shorten_path(p);
	return continue_path(p);
}

/* Of a file URL, the host is all that is before the path. */
static bool file_authority(struct parser *p, struct span host)
{
	outbuf_bytes(&p->out, "//", 2);
	append_userinfo(p, (struct span){p->at, 0});
	if (!append_host(p, host))
		return false;
	struct span written = {p->out.data + p->url.host.at, p->url.host.len};
	if (span_equal(written, "localhost")) {
		p->out.len = p->url.host.at;
		p->url.host.len = 0;
		p->url.host_kind = URL_HOST_EMPTY;
	}
	return true;
}

static bool file_host_state(struct parser *p)
{
	const char *start = p->at;
	struct span host = next_segment(p);

	if (is_drive(host, false)) {
		file_authority(p, SPAN_NONE);
		p->at = start;
		part_begin(p, &p->url.path);
		return continue_path(p);
	}
	return file_authority(p, host) && path_start_state(p);
}

static bool has_file_base(const struct parser *p)
{
	return p->base && is_file(&p->base->layout);
}

static bool file_slash_state(struct parser *p)
{
	if (skip_slash(p))
		return file_host_state(p);
	if (!has_file_base(p)) {
		file_authority(p, SPAN_NONE);
		part_begin(p, &p->url.path);
		return continue_path(p);
	}
	struct span path = url_path(p->base);
	inherit_authority(p);
	part_begin(p, &p->url.path);
	if (!starts_with_drive(rest(p)) && path.len >= 3 &&
		is_drive((struct span){path.ptr + 1, 2}, true) &&
		(path.len == 3 || path.ptr[3] == '/'))
		outbuf_bytes(&p->out, path.ptr, 3);
	return continue_path(p);
}

static bool file_state(struct parser *p)
{
	int c = peek(p);

	if (skip_slash(p))
		return file_slash_state(p);
	if (!has_file_base(p)) {
		file_authority(p, SPAN_NONE);
		part_begin(p, &p->url.path);
		return continue_path(p);
	}
	inherit_authority(p);
	inherit_path(p);
	if (c == -1 || c == '?' || c == '#')
		return inherit_for_tail(p);
	if (starts_with_drive(rest(p)))
		p->out.len = p->url.path.at;
	else
		shorten_path(p);
	return continue_path(p);
}

static bool special_scheme(struct parser *p)
{
	if (is_file(&p->url))
		return file_state(p);
	if (p->base && p->base->layout.special == p->url.special) {
		if (rest(p).len < 2 || memcmp(p->at, "//", 2) != 0) {
			p->url.quirks |= URL_QUIRK_SLASHES;
			return relative_state(p);
		}
	}
	return special_authority_ignore_slashes_state(p, 0);
}

/* The cursor is behind the colon of the scheme. */
static bool after_scheme(struct parser *p)
{
	if (p->url.special)
		return special_scheme(p);
	if (peek(p) != '/')
		return opaque_path_state(p);
	if (rest(p).len >= 2 && p->at[1] == '/') {
		p->at += 2;
		return authority_state(p);
	}
	return path_start_state(p);
}

static void append_scheme(struct parser *p, struct span scheme)
{
	part_begin(p, &p->url.scheme);
	for (size_t i = 0; i < scheme.len; i++)
		outbuf_char(&p->out, g_ascii_tolower(scheme.ptr[i]));
	part_end(p, &p->url.scheme);
	outbuf_char(&p->out, ':');
}

static bool no_scheme_state(struct parser *p)
{
	if (!p->base || (p->base->layout.opaque_path && peek(p) != '#'))
		return false;
	append_scheme(p, url_scheme(p->base));
	p->url.special = p->base->layout.special;
	if (p->base->layout.opaque_path) {
		p->url.opaque_path = true;
		inherit_path(p);
		return inherit_for_tail(p);
	}
	return is_file(&p->url) ? file_state(p) : relative_state(p);
}

/* The length of a scheme with its colon behind it, 0 for none. */
static size_t scheme_length(struct span text)
{
	size_t len = 0;

	if (text.len == 0 || !g_ascii_isalpha(text.ptr[0]))
		return 0;
	while (len < text.len &&
		(g_ascii_isalnum(text.ptr[len]) || memchr("+-.", text.ptr[len], 3)))
		len++;
	return len < text.len && text.ptr[len] == ':' ? len : 0;
}

static bool scheme_state(struct parser *p)
{
	size_t len = scheme_length(rest(p));

	if (len == 0)
		return no_scheme_state(p);
	append_scheme(p, (struct span){p->at, len});
	p->url.special = find_special((struct span){p->out.data, len});
	p->at += len + 1;
	return after_scheme(p);
}

/* Without the C0 control characters and spaces at both ends. */
static struct span trim(struct span text)
{
	while (text.len > 0 && (unsigned char)text.ptr[0] <= ' ') {
		text.ptr++;
		text.len--;
	}
	while (text.len > 0 && (unsigned char)text.ptr[text.len - 1] <= ' ')
		text.len--;
	return text;
}

/* Whether all bytes are printable ASCII, or DEL: nothing to trim, to leave out, to replace. Most
 * URLs are, so eight bytes are looked at at a time. */
static bool is_clean(struct span text)
{
	static const uint64_t each = 0x0101010101010101;
	uint64_t high = 0, word;
	size_t i = 0;

	for (; i + sizeof(word) <= text.len; i += sizeof(word)) {
		memcpy(&word, text.ptr + i, sizeof(word));
		/* Sets the high bit of a byte below '!' (and of bytes that its borrow spoils). */
		high |= (word - each * '!') | word;
	}
	for (; i < text.len; i++)
		high |= (uint8_t)((uint8_t)text.ptr[i] - '!') | (uint8_t)text.ptr[i];
	return !(high & each * 0x80);
}

static bool is_tab_or_newline(char c)
{
	return c == '\t' || c == '\n' || c == '\r';
}

static bool has_tab_or_newline(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (is_tab_or_newline(text.ptr[i]))
			return true;
	}
	return false;
}

/* How many bytes that are not UTF-8 make one U+FFFD: all that could begin a character, or one. */
static int invalid_length(const uint8_t *at, size_t len)
{
	ucs4_t c;
	size_t count = 1;

	while (count < len && u8_mbtoucr(&c, at, count + 1) == -2)
		count++;
	return count;
}

/* Appends the text as valid UTF-8 without tabs and newlines. */
static void clean(struct outbuf *out, struct span text)
{
	const uint8_t *at = (const uint8_t *)text.ptr, *end = at + text.len;
	ucs4_t c;

	while (at < end) {
		int len = u8_mbtoucr(&c, at, end - at);

		if (len < 0) {
			outbuf_bytes(out, "\xef\xbf\xbd", 3);
			len = invalid_length(at, end - at);
		} else if (!is_tab_or_newline(*at)) {
			outbuf_bytes(out, (const char *)at, len);
		}
		at += len;
	}
}

static struct url *finish(const struct parser *p)
{
	struct url *url = g_malloc(sizeof *url + p->out.len + 1);

	url->layout = p->url;
	url->len = p->out.len;
	memcpy(url->href, p->out.data, p->out.len);
	url->href[url->len] = '\0';
	return url;
}

static struct url *parse_clean(struct span text, const struct url *base, unsigned quirks)
{
	static const struct part absent = {ABSENT, 0};
	struct url *url = NULL;
	struct parser p;

	/* Not all of it: the buffer needs no zeros. */
	p.url = (struct layout){.username = absent,
		.password = absent,
		.host = absent,
		.port = absent,
		.query = absent,
		.fragment = absent,
		.quirks = quirks};
	p.at = text.ptr;
	p.end = text.ptr + text.len;
	p.base = base;
	outbuf_init(&p.out);
	if (scheme_state(&p))
		url = finish(&p);
	outbuf_clear(&p.out);
	return url;
}

struct url *url_parse(const char *input, size_t len, const struct url *base)
{
	struct span text = {len > 0 ? input : "", len};

	if (len > URL_MAX_LENGTH)
		return NULL;
	if (is_clean(text))
		return parse_clean(text, base, 0);
	text = trim(text);
	unsigned quirks = text.len < len ? URL_QUIRK_WHITESPACE : 0;

	if (has_tab_or_newline(text))
		quirks |= URL_QUIRK_WHITESPACE;
	else if (!u8_check((const uint8_t *)text.ptr, text.len))
		return parse_clean(text, base, quirks);
	struct outbuf cleaned;
	outbuf_init(&cleaned);
	clean(&cleaned, text);
	struct url *url = parse_clean((struct span){cleaned.data, cleaned.len}, base, quirks);
	outbuf_clear(&cleaned);
	return url;
}

void url_free(struct url *url)
{
	g_free(url);
}

const char *url_href(const struct url *url)
{
	return url->href;
}

static struct span slice(const struct url *url, struct part part)
{
	if (part.at == ABSENT)
		return SPAN_NONE;
	return (struct span){url->href + part.at, part.len};
}

struct span url_scheme(const struct url *url)
{
	return slice(url, url->layout.scheme);
}

struct span url_username(const struct url *url)
{
	return slice(url, url->layout.username);
}

struct span url_password(const struct url *url)
{
	return slice(url, url->layout.password);
}

struct span url_host(const struct url *url)
{
	return slice(url, url->layout.host);
}

struct span url_port(const struct url *url)
{
	return slice(url, url->layout.port);
}

struct span url_path(const struct url *url)
{
	return slice(url, url->layout.path);
}

struct span url_query(const struct url *url)
{
	return slice(url, url->layout.query);
}

struct span url_fragment(const struct url *url)
{
	return slice(url, url->layout.fragment);
}

enum url_host_kind url_host_kind(const struct url *url)
{
	return url->layout.host_kind;
}

unsigned url_quirks(const struct url *url)
{
	return url->layout.quirks;
}

bool url_is_web(const struct url *url)
{
	struct span scheme = url_scheme(url);

	return span_equal(scheme, "https") || span_equal(scheme, "http");
}

static size_t target_length(const struct url *url)
{
	return url->layout.fragment.at == ABSENT ? url->len : url->layout.fragment.at - 1;
}

bool url_same_target(const struct url *a, const struct url *b)
{
	size_t len = target_length(a);

	return len == target_length(b) && memcmp(a->href, b->href, len) == 0;
}

char *url_defang(const char *href)
{
	GString *out = g_string_new(NULL);
	size_t scheme = strcspn(href, ":/\\?#");
	size_t authority = href[scheme] == ':' ? scheme + 1 : 0;

	authority += strspn(href + authority, "/\\");
	size_t end = authority + strcspn(href + authority, "/\\?# \t\r\n");
	for (size_t i = 0; i < end; i++) {
		if (href[i] == '.')
			g_string_append(out, "[.]");
		else
			g_string_append_c(out, href[i]);
	}
	if (g_ascii_strncasecmp(href, "http", 4) == 0)
		memcpy(out->str + 1, "xx", 2);
	return g_string_free(g_string_append(out, href + end), FALSE);
}
