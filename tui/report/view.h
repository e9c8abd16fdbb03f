/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bytes as somebody sees them who undoes one encoding, each byte with the place in the original
 * that it came from: whatever is found in a view of a view can be taken out of the original.
 */
#ifndef ESPIAL_TUI_REPORT_VIEW_H
#define ESPIAL_TUI_REPORT_VIEW_H

#include "rules/span.h"

/* Bytes of the original: from the first up to the one before `to`. */
struct view_place {
	guint32 from, to;
};

struct view {
	char *bytes;               /* NUL-terminated, may hold others */
	struct view_place *places; /* one for each byte */
	size_t len, size;
};

/* The original as it stands, at most 4 GiB; the caller frees a view with view_free(). */
struct view *view_new(struct span original);
void view_free(struct view *view);

/* The part of the original that bytes `from` up to the one before `to` came from; there is at least
 * one. */
struct view_place view_place_of(const struct view *view, size_t from, size_t to);

/* Each of these gives a new view, or NULL where there is nothing that it would change. */

enum view_escapes {
	/* Percent-escapes, character references of HTML, escapes behind a backslash (JSON,
	 * JavaScript, CSS). */
	VIEW_COMMON = 1 << 0,
	/* Quoted-printable: `=XX`, and lines that end in `=`. */
	VIEW_QUOTED = 1 << 1,
	/* Hex digits behind another sign: `-XX`, as SendGrid writes, `_XX`, `*XX` …. */
	VIEW_SIGNED = 1 << 2,
};
/* A set of escapes, each undone once. */
struct view *view_unescaped(const struct view *view, unsigned escapes);
/* Without the tags of HTML. */
struct view *view_untagged(const struct view *view);
/* Without blanks, line ends, control and invisible characters. */
struct view *view_joined(const struct view *view);
struct view *view_reversed(const struct view *view);
struct view *view_rot13(const struct view *view);

enum view_alphabet {
	VIEW_BASE64, /* of RFC 4648 §4 and §5 at once */
	VIEW_HEX,
	VIEW_BASE32,
	VIEW_ALPHABETS,
};
/* So many characters of something else can stand before what is encoded, in the same run. */
unsigned view_phases(enum view_alphabet alphabet);

/* A run of characters of an alphabet, decoded from its character number `phase` on. */
struct view_run {
	const struct view *of;
	enum view_alphabet alphabet;
	unsigned phase;
	size_t from, to;   /* in `of` */
	struct span bytes; /* live during the call that gives the run */
};
typedef void (*view_run_fn)(void *user, const struct view_run *run);

/* All runs that are long enough to hold something, of struct view_run; NULL: there is none. The
 * caller frees them with g_array_unref(), before the view. */
GArray *view_runs(const struct view *view, enum view_alphabet alphabet);
/* Where bytes `from` up to the one before `to` of a run came from. */
struct view_place view_run_place(const struct view_run *run, size_t from, size_t to);
/* What of the decoded runs may be text, at least `shortest` bytes of it in a row, a newline behind
 * each. `decoded` is called with each run whole. */
struct view *view_decoded(
	GArray *runs, unsigned phase, size_t shortest, view_run_fn decoded, void *user);
/* What of the runs decodes to what zlib made (zlib, gzip, raw deflate), inflated, as far as it may
 * be text. Sets `*exhausted` where there is more to try than is likely to be there. */
struct view *view_inflated(GArray *runs, size_t shortest, bool *exhausted);

/* As text is compared: letters and digits alone, in lower case, without accents, compatible
 * characters as one. The places of the result are places in `view`. Never NULL. */
struct view *view_squashed(const struct view *view);
/* The same for a text; the caller frees it with g_free(). */
char *view_squash(const char *text);

#endif
