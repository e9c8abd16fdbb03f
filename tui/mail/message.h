/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One mail, parsed with GMime: headers, text, links. A message owns all it hands out. To its reader
 * it is immutable, but its headers are decoded and its text is rendered at first use: use it from
 * one thread at a time.
 */
#ifndef ESPIAL_TUI_MAIL_MESSAGE_H
#define ESPIAL_TUI_MAIL_MESSAGE_H

#include "tui/mail/link.h"
#include "tui/mail/rendered.h"

struct message;

/* Larger files are refused; parts nested deeper or beyond this many are left out
 * (message_incomplete() says so). */
#define MESSAGE_MAX_SIZE ((size_t)64 << 20)
#define MESSAGE_MAX_DEPTH 32
#define MESSAGE_MAX_PARTS 1000

struct message_part {
	char *type;     /* "text/html", lower case */
	char *filename; /* decoded, raw; NULL */
	unsigned depth;
	size_t size;   /* decoded bytes */
	GString *text; /* UTF-8 of text parts, NULL of others */
};

struct message_header {
	char *name; /* as written */
	/* Unfolded, valid UTF-8, unsanitised; decoded (RFC 2047) unless it is a trace field:
	 * Received, Return-Path, Authentication-Results, Received-SPF, ARC-Authentication-Results.
	 */
	char *value;
};

/* Call once before any other function here, from the main thread (starts GMime). */
void message_library_init(void);

/* Reads and parses a file: a maildir file, or the first message of an mbox. Errors: NOT_FOUND, IO,
 * LIMIT, INVALID (nothing like a mail). The caller frees it with message_free(). */
struct message *message_read(const char *path, GError **error);
/* Parses bytes in memory; `path` is for the record and may be NULL. */
struct message *message_parse(const char *bytes, size_t len, const char *path, GError **error);
void message_free(struct message *message);

const char *message_path(const struct message *message);
/* Without angle brackets; "" where there is none. */
const char *message_id(const struct message *message);
/* Seconds since the epoch; 0 where there is none. */
gint64 message_date(const struct message *message);

/* The first header of that name (any case), or NULL; all of them, top to bottom, with
 * message_headers(). */
const char *message_header(const struct message *message, const char *name);
const GPtrArray *message_headers(const struct message *message); /* of struct message_header */

const GPtrArray *message_parts(
	const struct message *message); /* of struct message_part; [0] is the top level */
/* Every link: of HTML parts, plain-text parts, calendars, pages and SVG that are attached, and
 * headers (List-Unsubscribe, List-Help, List-Subscribe, List-Owner, List-Archive, List-Post), also
 * of attached messages, in the order in which they stand. A URL
 * that a plain-text part repeats from the HTML part is listed in both. */
const GPtrArray *message_links(const struct message *message); /* of struct link */
/* The part a reader is shown: the richest of a multipart/alternative. */
const struct rendered *message_text(struct message *message);
/* Why something of it was left out, or NULL. */
const char *message_incomplete(const struct message *message);

#endif
