/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A link of a message: everything a mail client would make clickable or fetch.
 */
#ifndef ESPIAL_TUI_MAIL_LINK_H
#define ESPIAL_TUI_MAIL_LINK_H

#include "rules/url.h"

enum link_kind {
	LINK_ANCHOR,  /* <a href> */
	LINK_AREA,    /* <area href> */
	LINK_FORM,    /* <form action>, formaction */
	LINK_REFRESH, /* <meta http-equiv=refresh> */
	LINK_LINK,    /* <link href> */
	LINK_FRAME,   /* <iframe src>, <frame src>, <embed src>, <object data> */
	LINK_IMAGE,   /* <img src>, srcset, background, CSS url() */
	LINK_PIXEL,  /* an image that is not to be seen: 1x1, hidden, or shaped like an open tracker
		      */
	LINK_TEXT,   /* a URL in plain text */
	LINK_HEADER, /* List-Unsubscribe and the like */
};

struct link {
	enum link_kind kind;
	unsigned part; /* index into message_parts(); 0 for a header */
	/* Shown text, UTF-8, white space folded, at most LINK_MAX_TEXT bytes; the alt text of an
	 * image; the header's name for LINK_HEADER; "" where there is none. */
	char *text;
	char *raw;       /* as written, entities decoded */
	struct url *url; /* resolved and normalised; never NULL: what does not parse is no link */
	size_t total;    /* bytes of the URLs of its list up to this one */
};

#define LINK_MAX_TEXT 1024
/* A message is read up to this many links, and this many bytes of them: a long base address makes
 * long URLs of short ones. */
#define LINK_MAX 20000
#define LINK_MAX_BYTES ((size_t)32 << 20)

/* A link of `raw` as it stands in a mail, resolved against `base` (or NULL), with no text; `www.…`
 * and `host/…` of plain text are read as http, `//host/…` without a base as https. NULL where it
 * does not parse, or leads neither to the web nor into danger: mailto:, tel:, cid: and the like, a
 * fragment of the same page, and an image or style sheet that is not fetched from the web. The
 * caller frees it with link_free(). */
struct link *link_new(enum link_kind kind, unsigned part, struct span raw, const struct url *base);
/* A URL of running text, which is its own text. Newlines in it, where it was wrapped, do not count.
 */
struct link *link_new_text(unsigned part, struct span url);
/* Appends to `links` and takes the link over; where they are full already it is freed, and the
 * result is false. */
bool link_append(GPtrArray *links, struct link *link);
/* Whether nothing more can be appended. */
bool link_list_full(const GPtrArray *links);
/* Sets the text from UTF-8: white space folded, invisible characters dropped, cut. */
void link_set_text(struct link *link, struct span text);
/* Characters that take no room and join nothing: spammers stuff words and preheaders with them. */
bool link_is_invisible(gunichar c);

const char *link_kind_name(enum link_kind kind);
/* Whether it takes a person somewhere: not an image, pixel or style sheet. */
bool link_is_clickable(const struct link *link);
void link_free(struct link *link);

/* Finds URLs in plain text as mail clients do: `http://…`, `https://…`, `ftp://…`, `www.…`, and
 * `host/…` where the host ends in a suffix that the Public Suffix List knows; closing brackets that
 * were not opened inside and trailing punctuation are left out; in angle brackets one may be
 * wrapped into lines (RFC 3986 appendix C). Calls `found` with the slice of `text` for each, in
 * order. Linear in the length of `text`. */
void link_find_in_text(struct span text, void (*found)(struct span url, void *data), void *data);

#endif
