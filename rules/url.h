/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * URLs as a browser sees them: parsing, resolving and serialising after the WHATWG URL Standard
 * (https://url.spec.whatwg.org/). A URL is immutable, so it can be shared by threads.
 */
#ifndef ESPIAL_RULES_URL_H
#define ESPIAL_RULES_URL_H

#include "rules/span.h"

struct url;

/* Input longer than this is refused: no mail client follows such a link. */
#define URL_MAX_LENGTH (256 * 1024)

enum url_host_kind {
	URL_HOST_NONE,   /* mailto:, data: … */
	URL_HOST_EMPTY,  /* file:/// */
	URL_HOST_DOMAIN, /* ASCII, lower case, Punycode */
	URL_HOST_IPV4,
	URL_HOST_IPV6,   /* in brackets */
	URL_HOST_OPAQUE, /* the host of a scheme that is not special */
};

/* What the writer of a link did that normalisation hides, and that a reader should be told. */
enum url_quirk {
	URL_QUIRK_WHITESPACE =
		1 << 0, /* control characters or blanks stripped, tabs or newlines removed */
	URL_QUIRK_BACKSLASH = 1 << 1,    /* \ read as / */
	URL_QUIRK_USERINFO = 1 << 2,     /* https://bank.example@evil.example/ */
	URL_QUIRK_NUMERIC_HOST = 1 << 3, /* an IPv4 address not written as dotted decimal */
	URL_QUIRK_ENCODED_HOST = 1 << 4, /* percent-encoded bytes in the host */
	URL_QUIRK_IDN = 1 << 5,          /* a host that is not ASCII, or Punycode */
	URL_QUIRK_SLASHES = 1 << 6,      /* http:example.com, http:///example.com */
};

/* Parses `len` bytes at `input` against `base` (NULL: the URL must be absolute). Bytes that are not
 * UTF-8 are read as U+FFFD, as a browser does. Returns NULL where the standard says failure or
 * where the input is longer than URL_MAX_LENGTH; the caller frees the result with url_free(). */
struct url *url_parse(const char *input, size_t len, const struct url *base);
void url_free(struct url *url);

/* The serialised URL: ASCII, NUL-terminated; lives as long as the URL. */
const char *url_href(const struct url *url);

/* Slices of url_href(); SPAN_NONE where the component is null in the standard's sense. The scheme
 * is without `:`, the path starts with `/` (unless opaque), the query and the fragment are without
 * `?` and `#`, the port is absent when it is the scheme's default. Where there is an authority, the
 * username and the password are empty rather than absent. */
struct span url_scheme(const struct url *url);
struct span url_username(const struct url *url);
struct span url_password(const struct url *url);
struct span url_host(const struct url *url);
struct span url_port(const struct url *url);
struct span url_path(const struct url *url);
struct span url_query(const struct url *url);
struct span url_fragment(const struct url *url);

enum url_host_kind url_host_kind(const struct url *url);
/* A set of enum url_quirk. */
unsigned url_quirks(const struct url *url);
/* http or https: what a click on a link can fetch. */
bool url_is_web(const struct url *url);
/* The standard's origin-relevant equality is not needed; this compares the serialisations, the
 * fragments left out, which is what makes two hops of a chain the same. */
bool url_same_target(const struct url *a, const struct url *b);

/* The URL in a form that nothing makes clickable: hxxps://example[.]com/. The caller frees it with
 * g_free(). `href` may be any text; only a leading scheme and what is before the path (userinfo,
 * host) are changed. */
char *url_defang(const char *href);

#endif
